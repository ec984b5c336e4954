"""What a finder gives, and from which score it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dialogs.finder.options import OptionFinder

GENERAL = "other"
"""The scenario that takes what belongs to none of the others."""
SURE = 0.8
"""Score from which the best scenario is meant: of 207 sentences that nobody had learnt from, in all."""


@dataclass(frozen=True)
class Match:
    """A scenario that fits."""

    scenario: str
    score: float
    """0 to 1, comparable between calls: how likely it is that this one is meant, and not another or none."""


class ScenarioFinder(Protocol):
    """Chooses scenarios by meaning, and options of a question."""

    options: OptionFinder

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        """Scenarios that fit, best first; none when nothing fits. The general one among them, where it may be that
        none of the others is meant.
        """
        ...

    def warm_up(self) -> None:
        """Load what finding needs, so that nobody waits for it later; takes some seconds, and blocks."""
        ...


def specific(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Those that can be offered beside a way to say "something else"."""
    return tuple(match for match in matches if match.scenario != GENERAL)


def only_one(matches: Iterable[Match]) -> Match | None:
    """The scenario that is meant for sure; None where it may be another one, or none."""
    best = next(iter(matches), None)
    return best if best is not None and best.scenario != GENERAL and best.score >= SURE else None
