"""What an errand of the enterprise is: something small that a person does besides a form, in one or several messages.

`dialogs.session.Errand` is one that is open; the kind it is of says how it begins, goes on and ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from backend.contract.message import Message
from dialogs.commands import Command, Verb, command
from dialogs.enterprise.visit import Visit
from dialogs.session import Errand

Flow = Callable[[Visit], Awaitable[None]]
"""Goes on with the errand that is open. Raises BackendError, with everything kept."""
OnPress = Callable[[Visit, Command], Awaitable[None]]
"""Does what a button says. Raises BackendError."""


def _comes_to_nothing(_errand: Errand) -> Errand | None:
    return None


def _holds_words(errand: Errand) -> bool:
    return bool(errand.text or errand.files)


def _sent_again(_errand: Errand) -> str:
    return command(Verb.RETRY)


def _not_before(_visit: Visit) -> bool:
    return False


@dataclass(frozen=True, kw_only=True, eq=False)
class ErrandKind:
    """One kind of errand, found by its verb in `dialogs.enterprise.errands`."""

    verb: Verb
    """Its name in sessions, which hold it for days: it never changes."""
    begin: Mapping[str, OnPress] = field(default_factory=dict)
    """Buttons that begin it, and give up what else is open; a person who has written something there is asked first."""
    on_press: Mapping[str, OnPress] = field(default_factory=dict)
    """Buttons of the questions it asks."""
    take: Flow
    """What was typed, said or sent while it is open."""
    answered_first: Callable[[Visit], bool] = _not_before
    """Whether what was typed answers its question, be it also the name of a button or a word about the talk."""
    send: Flow | None = None
    """Calls the backend, once it has all it needs, and ends it. The idempotency key is drawn from the errand's id and
    from what is sent: the same again, after an answer that was lost, is done once. None: nothing is sent.
    """
    sent_by: tuple[Verb, ...] = ()
    """Buttons, and words, that say it is complete: send it."""
    holds: Callable[[Errand], bool] = _holds_words
    """Whether there is something to send."""
    again: Callable[[Errand], str] = _sent_again
    """The command of the button that takes it up again."""
    ask_again: Flow | None = None
    """Where one message ends it: asks its present question again, for what was said to the one before is no answer."""
    left: Callable[[Errand], Errand | None] = _comes_to_nothing
    """The errand to be sent once its person is gone in the middle of it; None where it comes to nothing."""
    send_left: Flow | None = None
    """Sends it then; None: as `send`."""
    unplaced: bool = False
    """Whether it holds what was sent before it was known what for: the next errand, or a form, takes that over."""
    of_own_ticket: bool = True
    """Whether its ticket is the person's: who cancels it may go back there."""
    help: Flow | None = None
    """Tells what can be done here; None: that it can be cancelled, or given to a person."""
    dropped: Message | None = None
    """What is said when the menu ends it."""


def as_it_is(errand: Errand) -> Errand | None:
    """Sent, once its person is gone, with what there is."""
    return errand


def for_a_seat(errand: Errand) -> Errand | None:
    """Given to a seat once its person is gone."""
    return errand.replace(verb=Verb.HUMAN, stage="words")
