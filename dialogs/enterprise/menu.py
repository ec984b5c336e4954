"""The menu: scenarios by category in two levels, own tickets, progress, a human, the language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from backend.contract.message import Message, Words
from dialogs.commands import Command, Verb, command
from dialogs.enterprise.visit import Visit
from dialogs.exchange import button
from dialogs.fields.typed import fold
from dialogs.outputs import Button, Rows
from dialogs.templates.scenario import Scenario
from dialogs.wording import Wording
from locales import LANGUAGES

_GENERAL = "other"
"""The scenario for what fits nowhere; it stands last."""

_FIXED = {
    "button.menu": Verb.MENU,
    "button.tickets": Verb.TICKETS,
    "button.progress": Verb.PROGRESS,
    "button.human": Verb.HUMAN,
    "button.language": Verb.LANGUAGE,
}


def greet(visit: Visit) -> None:
    """Say who we are and what we can do."""
    visit.say(Message("menu.greeting", {"city": visit.city_name}), *_resumes(visit), *_rows(visit))


def show(visit: Visit, text: Words | None = None) -> None:
    """The menu, after `text` if there is something to say first."""
    visit.say(text or Message("menu.choose"), *_resumes(visit), *_rows(visit))


def show_category(visit: Visit, segment: str) -> None:
    scenarios = _by_category(visit).get(segment)
    if not scenarios:
        show(visit, Message("menu.gone"))
        return
    rows = [(begin_choice(visit, one.id),) for one in scenarios]
    visit.say(Message(f"category.{segment}"), *rows, (button("button.menu", Verb.MENU),))


async def press_category(visit: Visit, pressed: Command) -> None:
    show_category(visit, pressed.arg(0))


def begin_choice(visit: Visit, scenario: str) -> Button:
    return Button(visit.scenario_title(scenario), command(Verb.BEGIN, scenario))


def typed_button(text: str) -> str:
    """The command of a menu button whose label was typed instead, in any of our languages; empty if it is none."""
    verb = _labels().get(fold(text))
    return "" if verb is None else command(verb)


def typed_resume(visit: Visit) -> str:
    """The command that takes up the only form that was left, where its button was typed, with the title or without."""
    found = [one for row in _resumes(visit) for one in row]
    said = fold(visit.text)
    whole = [one.command for one in found if said in (fold(Wording(tag).text(one.label)) for tag in LANGUAGES)]
    fitting = whole or [one.command for one in found if said in _heads()]
    return fitting[0] if len(fitting) == 1 else ""


@cache
def _heads() -> frozenset[str]:
    """What the labels of those buttons begin with."""
    keys = ("button.resume_cancelled", "button.resume_form")
    return frozenset(fold(Wording(tag).text(Message(key, {"title": ""}))) for key in keys for tag in LANGUAGES)


@cache
def _labels() -> Mapping[str, Verb]:
    said = {verb: [Wording(one).text(Message(key)) for one in LANGUAGES] for key, verb in _FIXED.items()}
    return {fold(label): verb for verb, labels in said.items() for label in labels}


def _rows(visit: Visit) -> Rows:
    choices = [
        begin_choice(visit, scenarios[0].id)
        if len(scenarios) == 1
        else Button(Message(f"category.{segment}"), command(Verb.CATEGORY, segment))
        for segment, scenarios in _by_category(visit).items()
    ]
    pairs = tuple(tuple(choices[at : at + 2]) for at in range(0, len(choices), 2))
    return (
        *pairs,
        (button("button.tickets", Verb.TICKETS), button("button.progress", Verb.PROGRESS)),
        (button("button.human", Verb.HUMAN), button("button.language", Verb.LANGUAGE)),
    )


def _resumes(visit: Visit) -> Rows:
    """What was begun and left, or cancelled since yesterday; the latest first."""
    forms = [*visit.session.parked.values(), *([visit.session.form] if visit.session.form else [])]
    return tuple(
        (
            Button(
                Message(
                    "button.resume_cancelled" if form.draft in visit.session.cancelled else "button.resume_form",
                    {"title": visit.scenario_title(form.scenario)},
                ),
                command(Verb.RESUME, form.draft),
            ),
        )
        for form in reversed(forms)
    )


def _by_category(visit: Visit) -> Mapping[str, list[Scenario]]:
    found: dict[str, list[Scenario]] = {}
    ordered = sorted(visit.deps.scenarios.values(), key=lambda one: (one.id == _GENERAL, one.template.category))
    for scenario in ordered:
        found.setdefault(scenario.template.category.split("/")[0], []).append(scenario)
    return found
