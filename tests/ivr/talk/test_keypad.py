import pytest

from backend.contract.ticket_number import LONGEST, SHORTEST, WHOLE
from ivr.talk.keypad import Keypad
from ivr.talk.question import (
    Answer,
    Chosen,
    Entered,
    Entry,
    MenuOption,
    Question,
    Recorded,
    Recording,
    Unclear,
    WantsHuman,
    WantsRepeat,
)

MENU = Question((MenuOption("a", "1"), MenuOption("skip", "#")))
PLAIN = Question((MenuOption("a", "1"),))
DATE = Question((MenuOption("today", "1"), MenuOption("back", "9")), entry=Entry("date", 1, 8))
PHONE = Question((MenuOption("skip", "#"),), entry=Entry("digits", 5, 12))
NUMBER = Question(entry=Entry("digits", SHORTEST, LONGEST, whole=WHOLE))
STORY = Question(recording=Recording(2, 60))


@pytest.mark.parametrize(
    ("question", "keys", "answer"),
    [
        (MENU, "1", Chosen("a")),
        (MENU, "7", Unclear(keyed=True)),
        (MENU, "0", WantsHuman()),
        (MENU, "*", WantsRepeat()),
        (MENU, "#", Chosen("skip")),
        (PLAIN, "#", Unclear(keyed=True)),
        (DATE, "1", None),
        (DATE, "1#", Chosen("today")),
        (DATE, "1101#", Entered("1101")),
        (DATE, "20261101", Entered("20261101")),
        (DATE, "9#", Chosen("back")),
        (DATE, "0#", WantsHuman()),
        (DATE, "05*", WantsRepeat()),
        (PHONE, "138#", Unclear(keyed=True)),
        (PHONE, "#", Chosen("skip")),
        (PHONE, "07155221234#", Entered("07155221234")),
        (NUMBER, "261122000017", Entered("261122000017")),
        (NUMBER, "261122100000", None),  # the first twelve of a longer number, maybe
        (NUMBER, "261122100000#", Entered("261122100000")),
        (NUMBER, "2611221000007", Entered("2611221000007")),
        (NUMBER, "26112200001#", Unclear(keyed=True)),
        (STORY, "#", Recorded(b"")),
        (STORY, "0", WantsHuman()),
    ],
)
def test_keys(question: Question, keys: str, answer: Answer | None) -> None:
    keypad = Keypad(question)
    *first, last = [keypad.press(key) for key in keys]
    assert not any(first)
    assert last == answer


@pytest.mark.parametrize(("keys", "answer"), [("1101", Entered("1101")), ("1", Chosen("today")), ("0", WantsHuman())])
def test_a_pause_ends_an_entry_too(keys: str, answer: Answer) -> None:
    keypad = Keypad(DATE)
    for key in keys:
        keypad.press(key)
    assert keypad.begun
    assert keypad.paused() == answer
    assert not keypad.begun
