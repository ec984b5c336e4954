"""Edits: one without a change does nothing, an older one never overwrites a later correction."""

from __future__ import annotations

from dialogs.events import Media, Text, Upload
from dialogs.message_edits import recognise_edit
from dialogs.session import Session

PHOTO = Upload("a1", "photo", "image/jpeg", 3)


def wrote(number: int, text: str) -> Text:
    return Text(text, message=f"7/{number}")


def edit(number: int, text: str, version: int) -> Text:
    return Text(text, edited=True, message=f"7/{number}", version=version)


def test_an_edit_without_a_change_does_nothing() -> None:
    session = Session()
    assert recognise_edit(session, wrote(1, "停电")) == wrote(1, "停电")
    assert recognise_edit(session, edit(1, "停电 ", 100)) is None


def test_an_edit_says_what_the_message_said_before() -> None:
    session = Session()
    recognise_edit(session, wrote(1, "停电"))
    first = recognise_edit(session, edit(1, "停水", 100))
    assert isinstance(first, Text)
    assert (first.edited, first.before) == (True, "停电")
    second = recognise_edit(session, edit(1, "停气", 100))  # within the same second
    assert isinstance(second, Text)
    assert second.before == "停水"


def test_an_older_edit_that_comes_late_is_dropped() -> None:
    session = Session()
    recognise_edit(session, wrote(1, "两点"))
    assert recognise_edit(session, edit(1, "四点", 200)) is not None
    assert recognise_edit(session, edit(1, "三点", 100)) is None
    assert recognise_edit(session, edit(1, "五点", 300)) is not None


def test_a_correction_that_comes_before_its_message_is_the_message() -> None:
    session = Session()
    recognise_edit(session, wrote(1, "你好"))
    taken = recognise_edit(session, edit(2, "三点", 100))
    assert isinstance(taken, Text)
    assert not taken.edited
    assert recognise_edit(session, wrote(2, "两点")) is None


def test_an_edit_of_what_was_written_long_ago_stays_an_edit() -> None:
    session = Session()
    recognise_edit(session, wrote(5, "你好"))
    taken = recognise_edit(session, edit(2, "三点", 100))
    assert isinstance(taken, Text)
    assert (taken.edited, taken.before) == (True, "")


def test_the_caption_of_a_file_is_heard_and_corrected() -> None:
    session = Session()
    sent = Media((PHOTO,), "车间", message="7/1")
    assert recognise_edit(session, sent) == sent
    taken = recognise_edit(session, edit(1, "二车间", 100))
    assert isinstance(taken, Text)
    assert taken.before == "车间"
    assert recognise_edit(session, sent) == Media((PHOTO,), "", message="7/1")


def test_what_was_heard_survives_the_session_store_and_is_bounded() -> None:
    session = Session()
    for number in range(50):
        recognise_edit(session, wrote(number, f"第{number}句"))
    again, found = Session.read(session.to_json())
    assert found
    assert again.heard == session.heard
    assert len(again.heard) == 20
    assert recognise_edit(again, edit(49, "第49句", 9)) is None
