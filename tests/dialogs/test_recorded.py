"""What is out there keeps its meaning: buttons on people's screens and errands in their sessions, as versions before
wrote them. `recorded/acts.json` was written by the one of 2026-11-30, before acts were described once.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.contract.acts import ACTS
from backend.contract.acts.act import On
from dialogs.commands import parse
from dialogs.session import Session
from dialogs.staff.errands import Subject, key_of, request_of

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("recorded").joinpath("acts.json").read_text("utf-8"))


@pytest.mark.parametrize("text", RECORDED["commands"])
def test_a_button_on_somebodys_screen_does_what_it_did(text: str) -> None:
    verb, number, *rest = text.split(":")
    pressed = parse(text)
    assert pressed is not None
    act = ACTS[pressed.verb]
    subject = Subject.of(act, pressed)
    named = [subject.assignment, subject.version] if act.on is On.ASSIGNMENT else [subject.version]
    assert (act.verb, subject.number) == (verb, number)
    assert [part for part in (*named, *(subject.chosen.values() if len(rest) > 2 else ())) if part] == rest


@pytest.mark.parametrize("sample", RECORDED["errands"], ids=lambda sample: sample["session"]["errand"]["verb"])
def test_an_errand_in_a_session_is_sent_as_it_was(sample: dict[str, Any]) -> None:
    """With the key it had, too: an answer that was lost under the version before is recognised."""
    session, is_old = Session.read(json.dumps(sample["session"]))
    errand = session.errand
    assert is_old
    assert errand is not None
    act, request = request_of(errand)
    assert json.loads(request.model_dump_json()) == sample["request"]
    assert str(errand.args.get("assignment", errand.number)) == str(sample["subject"])
    assert sample["key"] in (None, key_of(errand))
    assert act.verb == sample["session"]["errand"]["verb"]
