"""What a finder gives, and from which score it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SURE = 0.8
"""Score from which the best scenario alone is offered for confirmation."""


@dataclass(frozen=True)
class Match:
    """A scenario that fits."""

    scenario: str
    score: float
    """0 to 1, comparable between calls: how likely it is that this one is meant, and not another or none."""


class ScenarioFinder(Protocol):
    """Chooses scenarios by meaning."""

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        """Scenarios that fit, best first; none when nothing fits."""
        ...

    def warm_up(self) -> None:
        """Load what finding needs, so that nobody waits for it later; takes some seconds, and blocks."""
        ...
