"""Colleagues to whom something can be handed: those whom the backend named when the errand began."""

from __future__ import annotations

import json
from collections.abc import Mapping

from backend.contract.models import ColleagueList
from dialogs.actions import Choice, Rows
from dialogs.commands import Verb, command
from dialogs.fields.typed import fold
from dialogs.session import Errand

_MOST_BUTTONS = 12
"""Others are named by typing."""


def kept(found: ColleagueList) -> str:
    """As an argument of the errand."""
    return json.dumps({str(one.id): one.name for one in found.items}, ensure_ascii=False)


def takers(errand: Errand) -> Mapping[str, str]:
    """Their names, by the numbers of their accounts."""
    known: dict[str, str] = json.loads(errand.args.get("takers") or "{}")
    return known


def named(errand: Errand, text: str) -> list[str]:
    """Those whose name is what was typed, else those whose name holds it."""
    said = fold(text)
    exact = [one for one, name in takers(errand).items() if said == fold(name)]
    return exact or [one for one, name in takers(errand).items() if said and said in fold(name)]


def rows(errand: Errand) -> Rows:
    shown = list(takers(errand).items())[:_MOST_BUTTONS]
    choices = [Choice(name, command(Verb.PERSON, one)) for one, name in shown]
    return tuple(tuple(choices[at : at + 2]) for at in range(0, len(choices), 2))
