"""What the form engine says to an enterprise, as it is said to a member of staff who fills in for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from backend.contract.message import Localized, Message, Words
from dialogs.commands import Verb, command
from dialogs.engine.commands import decode, tag_of
from dialogs.fields.typed import fold
from dialogs.form import Form
from dialogs.outputs import Ask, Button, Expect, Output, Rows, Say, Summarise
from dialogs.templates.scenario import Scenario
from dialogs.wording import Wording
from locales import LANGUAGES

LEAVE = Message("fill.leave_open")
"""Label of the button that keeps a question open for later."""

_INSTEAD: Mapping[str, str] = {
    "engine.commands_help": "fill.commands_help",
    "engine.file_kept": "fill.file_kept",
    "engine.put_off_link": "fill.left_open",
    "engine.put_off_seat": "fill.left_open",
}
_NOT_OFFERED = frozenset({"human", "restart"})
"""Staff are the human; and beginning again would ask what nobody is missing."""
# A share button would give the number and the place of who fills in.
_TYPED = {Expect.PHONE: Expect.DIGITS, Expect.LOCATION: Expect.TEXT}


def for_staff(output: Output, scenario: Scenario, form: Form, number: str) -> Output:
    """The output with what does not suit staff exchanged."""
    match output:
        case Say(Localized() as advice):
            return dataclasses.replace(output, text=Message("fill.tell_them", {"text": advice}))
        case Say():
            return dataclasses.replace(output, text=_instead(output.text))
        case Ask(field=""):
            return output
        case Ask():
            return dataclasses.replace(
                output,
                prompt=_prompt(output, scenario),
                expect=_TYPED.get(output.expect, output.expect),
                controls=_controls(output, form),
                brief=(),
            )
        case Summarise():
            title = Message("fill.summary", {"number": number, "title": output.title})
            return dataclasses.replace(output, title=title, controls=_offered(output.controls))
    return output


def means_leave(text: str) -> bool:
    """Whether somebody typed what the button says, in any language."""
    return fold(text) in {fold(Wording(language).text(LEAVE)) for language in LANGUAGES}


def _instead(words: Words) -> Words:
    if not isinstance(words, Message):
        return words
    return Message(_INSTEAD.get(words.key, words.key), words.args)


def _prompt(ask: Ask, scenario: Scenario) -> Words:
    """The question is one for the enterprise; files can only come from who sits here."""
    if not isinstance(ask.prompt, Localized):
        return ask.prompt
    if ask.type == "attachment":
        return Message("fill.files", {"label": scenario.by_id[ask.field].spec.localized_label})
    return Message("fill.ask", {"ask": ask.prompt})


def _controls(ask: Ask, form: Form) -> Rows:
    leave = Button(LEAVE, command(Verb.LEAVE, tag_of(form.draft), ask.field))
    *first, last = _offered(ask.controls)
    return ((*(choice for row in first for choice in row), leave), last)


def _offered(rows: Rows) -> Rows:
    return tuple(tuple(choice for choice in row if _verb(choice) not in _NOT_OFFERED) for row in rows)


def _verb(choice: Button) -> str:
    found = decode(choice.command)
    return found.verb if found is not None else ""
