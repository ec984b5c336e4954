"""Finds the scenarios that a person's own words may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from dialogs.fields.typed import fold
from dialogs.templates.scenario import Scenario, Scenarios

_ENOUGH = 0.34
"""Share of the shorter text's pairs that must be common; below it we would only guess."""

_LATIN = re.compile(r"[a-z0-9]+")
_SHORT_WORD = 3
"""Letters."""


SURE = 0.75
"""Score from which the best scenario alone is offered for confirmation."""


@dataclass(frozen=True)
class Match:
    """A scenario that fits."""

    scenario: str
    score: float
    """0 to 1, comparable between calls."""


class ScenarioFinder(Protocol):
    """Chooses scenarios by meaning; a better one can take the place of the one here."""

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        """Scenarios that fit, best first; none when nothing fits."""
        ...


class OverlapFinder:
    """Compares pairs of neighbouring characters with each scenario's title and examples."""

    def __init__(self, scenarios: Scenarios) -> None:
        self._phrases = {scenario.id: tuple(_phrases(scenario)) for scenario in scenarios.values()}

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        said = _pairs(text)
        scores = {
            name: max((_overlap(said, pairs) for pairs in known), default=0) for name, known in self._phrases.items()
        }
        ranked = sorted(scores, key=lambda name: (-scores[name], name))
        return tuple(Match(name, scores[name]) for name in ranked if scores[name] >= _ENOUGH)[:limit]


def _phrases(scenario: Scenario) -> Iterable[frozenset[str]]:
    template = scenario.template
    return (pairs for text in (template.title.zh, template.title.en, *template.examples.all) if (pairs := _pairs(text)))


def _pairs(text: str) -> frozenset[str]:
    """Neighbouring Chinese characters, and Latin words of some length: short ones say nothing of the matter."""
    folded = fold(text)
    latin = {word for word in _LATIN.findall(folded) if len(word) > _SHORT_WORD}
    runs = _LATIN.sub(" ", folded).split()
    return frozenset({run[at : at + 2] for run in runs for at in range(len(run) - 1)} | latin)


def _overlap(said: frozenset[str], known: frozenset[str]) -> float:
    if not said:
        return 0.0
    common = len(said & known)
    # One shared pair is an accident in all but the shortest texts.
    return common / min(len(said), len(known)) if common > 1 or len(said) < 3 else 0.0
