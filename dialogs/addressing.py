"""Tells which of a person's open matters an event is for: somebody may have two pages open, with a question on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto

from dialogs.commands import Command, Verb, parse
from dialogs.engine.commands import decode
from dialogs.events import Event, Gone, Incoming, Press, Start, Text
from dialogs.phrases import read_phrases
from dialogs.session import Errand, Session

_OF_WHAT_IS_ASKED = frozenset(
    {
        *(Verb.DONE, Verb.SKIP, Verb.BACK, Verb.CONFIRM, Verb.CANCEL, Verb.RETRY),
        *(Verb.UNIT, Verb.PERSON, Verb.HUMAN, Verb.LEAVE, Verb.UNFILE),
    }
)
"""Buttons that name no ticket: they are for whatever is asked."""
_OF_ONE_STEP = frozenset({Verb.DONE, Verb.SKIP, Verb.BACK, Verb.CONFIRM, Verb.UNIT, Verb.PERSON})
"""And of these, those that answer one single question."""


class Address(Enum):
    """How an event stands to what is asked."""

    PRESENT = auto()
    """It is for what is asked now, taken up again if it was set aside; or it says itself what it is for."""
    PASSED = auto()
    """It answers a question of the open matter that was answered already."""
    OVER = auto()
    """It is for a matter that is not open any more, while another one is."""


def address(session: Session, incoming: Incoming) -> Address:
    """What the event is for; that is taken up in the session, and what was open elsewhere set aside."""
    question, event = incoming.question, incoming.event
    if question is None or isinstance(event, Start):
        return Address.PRESENT
    if not session.turn_to(question):
        is_anything_open = session.errand is not None or session.form is not None
        return Address.OVER if is_anything_open and _is_bare(event) else Address.PRESENT
    return Address.PASSED if question != session.question and _is_of_one_step(incoming) else Address.PRESENT


@contextmanager
def keeping(session: Session, incoming: Incoming, turns_away: Callable[[Errand, Command], bool]) -> Iterator[None]:
    """What the person turns away from in the block, without ending it, is set aside: another page may go on with it.
    `turns_away` tells whether a button begins something else than an errand.
    """
    errand, form = session.errand, session.form
    yield
    if errand is None or (session.errand is not None and session.errand.id == errand.id):
        return
    if incoming.question is not None and _turns_away(errand, incoming, turns_away):
        session.set_aside(errand, form)


def _is_bare(event: Event | Gone) -> bool:
    """Whether it is nothing without a question: words, files, or a button that names no ticket."""
    if not isinstance(event, Press) or decode(event.command) is not None:
        return True
    pressed = parse(event.command)
    return pressed is None or pressed.verb in _OF_WHAT_IS_ASKED or pressed.arg(0) == "-"


def _is_of_one_step(incoming: Incoming) -> bool:
    event = incoming.event
    if isinstance(event, Press):
        pressed = parse(event.command)
        return pressed is not None and (pressed.verb in _OF_ONE_STEP or pressed.arg(0) == "-")
    return isinstance(event, Text) and read_phrases().command(event.text) != Verb.HUMAN


def _turns_away(errand: Errand, incoming: Incoming, by_button: Callable[[Errand, Command], bool]) -> bool:
    event = incoming.event
    if not isinstance(event, Press):
        return isinstance(event, Start)
    pressed = parse(event.command)
    return pressed is not None and by_button(errand, pressed)
