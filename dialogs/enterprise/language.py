"""The person's choice of language."""

from __future__ import annotations

from backend.contract.message import Message
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import forms, menu
from dialogs.enterprise.visit import Visit
from dialogs.outputs import Button
from locales import LANGUAGES


async def press(visit: Visit, pressed: Command) -> None:
    """Asks for the language, or says which."""
    if pressed.args:
        await choose(visit, pressed.arg(0))
    else:
        ask(visit)


def ask(visit: Visit) -> None:
    row = tuple(Button(Message(f"language.{tag}"), command(Verb.LANGUAGE, tag)) for tag in LANGUAGES)
    visit.say(Message("language.ask"), row)


async def choose(visit: Visit, language: str) -> None:
    """Speak it from now on, and go on where we were."""
    if language not in LANGUAGES:
        ask(visit)
        return
    await forms.set_language(visit, language)
    if visit.session.form is not None:
        visit.say(Message("language.chosen"))
        await forms.ask_again(visit)
    else:
        menu.show(visit, Message("language.chosen"))
