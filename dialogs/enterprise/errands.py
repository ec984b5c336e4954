"""All errands of the enterprise, one file each, and the buttons that belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.commands import Command, Verb
from dialogs.enterprise import (
    additions,
    answers,
    corrections,
    firms,
    human,
    progress,
    rating,
    same_matter,
    unplaced,
    withdrawal,
)
from dialogs.enterprise.errand import ErrandKind, OnPress
from dialogs.session import Errand
from dialogs.unsaved_changes import holds

_ALL: Final[tuple[ErrandKind, ...]] = (
    *(firms.ERRAND, unplaced.ERRAND, additions.ERRAND, answers.ERRAND, corrections.ERRAND),
    *(withdrawal.ERRAND, rating.ERRAND, same_matter.ERRAND, progress.ERRAND, human.ERRAND),
)
ERRANDS: Final[Mapping[str, ErrandKind]] = {one.verb: one for one in _ALL}
"""By their verbs."""
ON_PRESS: Final[Mapping[str, OnPress]] = {
    verb: press for one in _ALL for verb, press in (*one.begin.items(), *one.on_press.items())
}
"""What their buttons do."""
UNPLACED: Final = frozenset(one.verb for one in _ALL if one.unplaced)
_BEGUN: Final[Mapping[str, str]] = {
    Verb.MENU: Verb.MENU,
    Verb.RESUME: Verb.RESUME,
    **{verb: one.verb for one in _ALL for verb in one.begin},
}
"""What each button begins, of those that give up what is open."""


def kind_of(errand: Errand) -> ErrandKind:
    return ERRANDS[errand.verb]


def turns_away(errand: Errand, pressed: Command) -> bool:
    """Whether this press begins something else than the errand that is open."""
    begun = _BEGUN.get(pressed.verb)
    return begun is not None and (begun, pressed.arg(0)) != (errand.verb, errand.number)


def would_drop(errand: Errand, pressed: Command) -> bool:
    """Whether this press would lose words or files of the errand that is open."""
    return not kind_of(errand).unplaced and turns_away(errand, pressed) and holds(errand)
