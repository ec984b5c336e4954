"""Sessions that versions before wrote are read whole. `recorded/sessions.json` was written by the one of 2026-11-30,
with the JSON spelt out by hand; its last sample is as older versions wrote them, without what was added since.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dialogs.session import Session
from tests.dialogs.test_recorded_errands import shown

RECORDED: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded").joinpath("sessions.json").read_text("utf-8")
)
OF_NOW, OLDER = RECORDED[:-1], RECORDED[-1]


@pytest.mark.parametrize("sample", OF_NOW, ids=lambda sample: sample["name"])
def test_a_session_is_read_whole_and_written_as_before(sample: dict[str, Any]) -> None:
    """Written as before: while versions change, the one before reads what this one wrote. It passes over what a session
    has besides, but nothing may be added to forms and errands.
    """
    session, found = Session.read(json.dumps(sample["session"]))
    assert found
    written = json.loads(session.to_json())
    assert {part: written[part] for part in sample["session"]} == sample["session"]


@pytest.mark.parametrize("sample", RECORDED, ids=lambda sample: sample["name"])
def test_what_was_said_is_said_again(sample: dict[str, Any]) -> None:
    session, _ = Session.read(json.dumps(sample["session"]))
    for event, said in sample["said"].items():
        recalled = session.recall(event)
        assert recalled is not None
        assert [shown(one) for one in recalled] == said


def test_what_older_versions_did_not_know_is_empty() -> None:
    session, found = Session.read(json.dumps(OLDER["session"]))
    assert found
    assert session.errand is not None
    assert session.errand.files == {"00000000-0000-4000-8000-000000000001": ""}
    assert session.form is not None
    assert (session.form.unplaced, session.form.settled, session.form.deferred) == ((), (), {})
    assert (session.aside, session.heard, session.asked, session.address) == ({}, {}, {}, "")


@pytest.mark.parametrize("part", ["form", "errand"])
def test_what_only_a_newer_version_knows_makes_a_new_session(part: str) -> None:
    sample = next(one["session"] for one in RECORDED if one["session"][part])
    session, found = Session.read(json.dumps({**sample, part: {**sample[part], "of_tomorrow": 1}}))
    assert (session, found) == (Session(), False)
