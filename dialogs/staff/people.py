"""Colleagues to whom something can be handed: those whom the backend named when the errand began."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from backend.contract.models.staff import ColleagueList
from dialogs.commands import Verb, command
from dialogs.fields.typed import fold
from dialogs.outputs import Button, Rows
from dialogs.session import Errand

_MOST_BUTTONS = 12
"""Others are named by typing."""


def kept(found: ColleagueList) -> str:
    """As an argument of the errand."""
    names = Counter(one.name for one in found.items)
    told = {str(one.id): one.name if names[one.name] == 1 else f"{one.name} ({one.username})" for one in found.items}
    return json.dumps(told, ensure_ascii=False)


def takers(errand: Errand) -> Mapping[str, str]:
    """Their names, by the numbers of their accounts."""
    known: dict[str, str] = json.loads(errand.args.get("takers") or "{}")
    return known


def named(errand: Errand, text: str) -> list[str]:
    """Those whose name is what was typed, else those whose name holds it."""
    said = fold(text)
    exact = [one for one, name in takers(errand).items() if said == fold(name)]
    return exact or [one for one, name in takers(errand).items() if said and said in fold(name)]


def rows(errand: Errand, among: Sequence[str] | None = None) -> Rows:
    """Of all, or of these."""
    known = takers(errand)
    choices = [Button(known[one], command(Verb.PERSON, one)) for one in (among or list(known))[:_MOST_BUTTONS]]
    return tuple(tuple(choices[at : at + 2]) for at in range(0, len(choices), 2))
