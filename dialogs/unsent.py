"""Keeps what somebody wrote about one ticket from being dropped when they turn to something else."""

from __future__ import annotations

from backend.contract.acts import ACTS, FILL_IN
from backend.contract.acts.act import Wants
from backend.contract.message import Message
from dialogs.commands import Command, Verb, command
from dialogs.exchange import Exchange, button
from dialogs.form import Form
from dialogs.outputs import Choice
from dialogs.session import Errand, named

TURNS_AWAY = frozenset(
    {
        Verb.MENU,
        Verb.BEGIN,
        Verb.AS_STORY,
        Verb.RESUME,
        Verb.PROGRESS,
        Verb.HUMAN,
        Verb.ADD,
        Verb.ANSWER,
        Verb.CORRECT,
        Verb.WITHDRAW,
        Verb.RATE,
        Verb.BIND,
        Verb.CODE,
        *(act.verb for act in ACTS.values() if not act.at_once and not act.reads),
    }
)
"""Buttons that begin something else, and so would drop what is open."""


_STAGES = [stage for act in ACTS.values() for stage in act.stages]
WORDS = tuple(dict.fromkeys(one.name for one in _STAGES if one.wants is Wants.WORDS and not one.prefilled))
"""Arguments of an errand that somebody wrote, where the words are one message of several steps."""


def holds(errand: Errand | None, form: Form | None = None) -> bool:
    """Whether there are words or files in the errand that is open, or in the `form` it fills in."""
    if errand is None or errand.is_unplaced:
        return False
    if errand.verb == FILL_IN.verb:
        return form is not None and (form.has_own_words or bool(form.partial))
    return bool(errand.text or errand.files or any(errand.args.get(name) for name in WORDS))


def would_drop(errand: Errand, pressed: Command, form: Form | None = None) -> bool:
    """Whether this press would lose words or files of the errand that is open."""
    if not holds(errand, form):
        return False
    return pressed.verb in TURNS_AWAY and (pressed.verb, pressed.arg(0)) != (errand.verb, errand.number)


def ask_first(exchange: Exchange, errand: Errand) -> None:
    """Say what is not sent yet, with a button that takes it up again and one that drops it."""
    text = Message("unsent.ticket", {"number": named(errand)}) if errand.number else Message("unsent.other")
    exchange.say(text, (Choice(Message("unsent.go_on"), _go_on(errand)), button("unsent.drop", Verb.CANCEL)))


def _go_on(errand: Errand) -> str:
    if errand.verb is Verb.ADD:
        return command(Verb.ADD, errand.number)
    if errand.verb is Verb.ANSWER:
        return command(Verb.ANSWER, errand.number, errand.args["question"])
    if errand.verb is Verb.CORRECT:
        return command(Verb.CORRECT, errand.number, errand.args["field"])
    if errand.verb is Verb.RATE:
        return command(Verb.RATE, errand.number)
    return command(Verb.RETRY)
