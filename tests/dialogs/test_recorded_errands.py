"""What enterprises have in hand keeps its meaning: buttons on people's screens, errands in the middle, forms put aside.

`recorded/errands.json` was written by the version of 2026-11-30, before errands were described once: each sample is a
session as it was kept, an event, and what came of it. The keys of requests have to stay, so that a request whose answer
was lost under the version before is recognised.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.contract.client import ContactClient
from dialogs.drafts import DraftKeeper
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Event, Gone, Incoming, Leaving, Media, Person, Press, Text, Upload
from dialogs.outputs import Ask, Output, Say, Summarise
from dialogs.sessions import MemorySessions
from tests.built_in import built_in_scenarios
from tests.dialogs.chats import MONDAY
from tests.dialogs.contact_twin import CITY, ContactTwin

RECORDED: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded").joinpath("errands.json").read_text("utf-8")
)
_OF_SCENARIO = ("scenario_version", "answers", "title", "kind", "urgent")
"""Parts of a filing that say what the scenario asks."""
PERSON = Person("telegram", "4711")


def event_of(told: dict[str, str]) -> Event | Gone:
    match told:
        case {"press": command}:
            return Press(command)
        case {"text": text}:
            return Text(text)
        case {"file": attachment, "caption": caption}:
            upload = Upload(attachment, "photo", "image/jpeg", 3, f"{attachment}.jpg")
            return Media((upload,), caption)
    return Gone(Leaving(told["gone"]))


def shown(output: Output) -> dict[str, Any]:
    """The key of what is said, and the commands of all buttons."""
    match output:
        case Say():
            words, rows = output.text, output.choices
        case Ask():
            words, rows = output.prompt, (*output.options, *output.controls)
        case Summarise():
            words, rows = output.title, output.controls
        case _:
            raise TypeError(output)
    return {"key": getattr(words, "key", str(words)), "buttons": [one.command for row in rows for one in row]}


async def play(
    session: dict[str, Any] | None, told: dict[str, str], backend: dict[str, Any], id_: str, step: int
) -> dict[str, Any]:
    """What comes of an event."""
    twin, sessions, drafts = ContactTwin(**backend), MemorySessions(), DraftKeeper(delay=0)
    if session is not None:
        async with sessions.locked(PERSON.key) as slot:
            await slot.save(json.dumps(session).encode())
    talk = EnterpriseTalk(
        lambda _: ContactClient(twin), sessions, built_in_scenarios(), CITY, ZoneInfo("Asia/Shanghai"), drafts=drafts
    )
    reply = await talk.handle(Incoming(PERSON, id_, MONDAY + timedelta(minutes=step), event_of(told)))
    await talk.close()
    async with sessions.locked(PERSON.key) as slot:
        assert slot.data is not None
        after = json.loads(slot.data)
    return {
        "calls": twin.calls,
        "after": {part: after[part] for part in ("errand", "form", "parked")},
        "said": [shown(one) for one in reply.outputs],
        "_session": after,
    }


def compact(done: dict[str, Any]) -> dict[str, Any]:
    """What has to stay: all of an errand and of its requests; of forms, which may get other questions, what is filed
    under which key.
    """
    after = done["after"]
    forms = [*([after["form"]] if after["form"] else []), *after["parked"]]
    return {
        "calls": [{**one, "request": _told(one["request"])} for one in done["calls"]],
        "after": {"errand": after["errand"], "forms": [[form["draft"], form["phase"]] for form in forms]},
    }


def _told(request: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in _OF_SCENARIO}


@pytest.mark.parametrize("sample", RECORDED, ids=[sample["name"] for sample in RECORDED])
async def test_what_is_in_hand_goes_on_as_it_did(sample: dict[str, Any]) -> None:
    done = compact(await play(sample["session"], sample["event"], sample["backend"], sample["id"], sample["step"]))
    assert done["calls"] == sample["calls"]
    assert done["after"] == sample["after"]
