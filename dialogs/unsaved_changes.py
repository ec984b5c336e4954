"""Asks before what somebody has written and not sent is dropped, because they turn to something else."""

from __future__ import annotations

from backend.contract.acts import ACTS, FILL_IN
from backend.contract.acts.act import Wants
from backend.contract.message import Message
from dialogs.commands import Verb
from dialogs.exchange import Exchange, button
from dialogs.form import Form
from dialogs.outputs import Button
from dialogs.session import Errand, named

_STAGES = [stage for act in ACTS.values() for stage in act.stages]
WORDS = tuple(dict.fromkeys(one.name for one in _STAGES if one.wants is Wants.WORDS and not one.prefilled))
"""Arguments of an errand that somebody wrote, where the words are one message of several steps."""


def holds(errand: Errand | None, form: Form | None = None) -> bool:
    """Whether there are words or files in the errand that is open, or in the `form` it fills in."""
    if errand is None:
        return False
    if errand.verb == FILL_IN.verb:
        return form is not None and (form.has_own_words or bool(form.partial))
    return bool(errand.text or errand.files or any(errand.args.get(name) for name in WORDS))


def ask_first(exchange: Exchange, errand: Errand, go_on: str) -> None:
    """Say what is not sent yet, with a button that takes it up again (its command is `go_on`) and one that drops it."""
    text = Message("unsent.ticket", {"number": named(errand)}) if errand.number else Message("unsent.other")
    exchange.say(text, (Button(Message("unsent.go_on"), go_on), button("unsent.drop", Verb.CANCEL)))
