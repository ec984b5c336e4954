"""Frames as they go over the wire, and what they mean to the conversation."""

import json

import pytest
from pydantic import ValidationError

from bot.web.protocol import TEXT_LIMIT, EventFrame, Hello, read_frame, to_event
from dialogs import events

ID = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"


def said(event: dict[str, object]) -> events.Event:
    frame = read_frame(json.dumps({"type": "event", "id": ID, "event": event}))
    assert isinstance(frame, EventFrame)
    return to_event(frame.event)


def test_events_become_the_conversations_own() -> None:
    upload = {"id": ID, "kind": "photo", "media_type": "image/png", "size": 12, "name": "灯.png"}
    assert said({"type": "text", "text": "停电了"}) == events.Text("停电了")
    assert said({"type": "press", "command": "menu", "label": "菜单", "of": "x.0"}) == events.Press("menu")
    assert said({"type": "place", "latitude": 22.8, "longitude": 108.3}) == events.Place(22.8, 108.3)
    assert said({"type": "start", "payload": "power-cut"}) == events.Start("power-cut")
    assert said({"type": "rejected", "reason": "attachment-type"}) == events.Rejected("attachment-type")
    assert said({"type": "media", "uploads": [upload]}) == events.Media(
        (events.Upload(ID, "photo", "image/png", 12, "灯.png"),)
    )


@pytest.mark.parametrize(
    "event",
    [
        {"type": "text", "text": ""},
        {"type": "text", "text": "x" * (TEXT_LIMIT + 1)},
        {"type": "press", "command": "x" * 65},
        {"type": "place", "latitude": 91, "longitude": 0},
        {"type": "media", "uploads": []},
        {"type": "phone", "phone": "+8613800138000"},  # a page cannot vouch for a number
    ],
)
def test_what_no_page_of_ours_sends_is_refused(event: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        said(event)


def test_an_event_needs_an_id_of_the_right_form() -> None:
    with pytest.raises(ValidationError):
        read_frame(json.dumps({"type": "event", "id": "1", "event": {"type": "text", "text": "x"}}))


def test_hello_names_a_place_of_the_transcript_or_none() -> None:
    assert read_frame('{"type":"hello","last":"1732-0","language":"zh_CN"}') == Hello(
        type="hello", last="1732-0", language="zh_CN"
    )
    with pytest.raises(ValidationError):
        read_frame('{"type":"hello","last":"+"}')
