"""The finder in use: likeness by wording and by meaning together, or by wording alone."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogs.fields.typed import fold
from dialogs.finder.corpus import sayings, vocabulary
from dialogs.finder.match import Match
from dialogs.finder.meaning import Embedder, MeaningIndex, meaning_index, open_embedder
from dialogs.finder.words import WordIndex, word_index
from dialogs.templates.scenario import Scenarios

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Scale:
    """Turns likeness into scores: a softmax over the scenarios and "none of them", which is as alike as `none`."""

    steepness: float
    none: float

    def scores(self, likeness: NDArray[np.float64]) -> NDArray[np.float64]:
        powers = self.steepness * np.append(likeness, self.none)
        shares = np.exp(powers - powers.max())
        found: NDArray[np.float64] = (shares / shares.sum())[:-1]
        return found


# Fitted to tests/dialogs/finder/sayings.yaml by maximum likelihood; the weights gave the best order there.
_WORDS, _MEANING = 0.75, 0.25
_MIXED = _Scale(72.0, 0.085)
_WORDS_ALONE = _Scale(103.0, 0.052)

_NOTHING = 0.3
"""If the best scores less, nothing is found."""
_OFFERED = 0.02
"""What scores less is not offered beside the best."""

_loading = threading.Lock()
"""Whoever asks first loads, the others wait: each index is made once."""


class MixtureFinder:
    """Compares what is said with what the scenarios say of themselves."""

    def __init__(
        self,
        scenarios: Scenarios,
        embedder: Callable[[], Embedder | None] = open_embedder,
        patience: float | None = None,
    ) -> None:
        """Nothing is loaded yet. `embedder` is called in another thread, at the first need. `patience`: seconds that a
        person waits at most, None for as long as it takes; loading takes half a minute on a busy machine.
        """
        self._patience = patience
        self._ids = tuple(name for name, _ in sayings(scenarios))
        self._sayings = sayings(scenarios)
        self._vocabulary = vocabulary(scenarios)
        self._embedder = embedder

    def warm_up(self) -> None:
        """Load what finding needs; takes some seconds, and blocks."""
        self._likeness("-")

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        """Scenarios that fit, best first; off the loop, some 20 ms once loaded. None while loading takes too long:
        whoever asks can offer the menu.
        """
        if not fold(text) or not self._ids:
            return ()
        try:
            async with asyncio.timeout(self._patience):
                return (await asyncio.to_thread(self._ranked, text))[:limit]
        except TimeoutError:
            log.warning("the finder is still loading", extra={"action": "find_scenario"})
            return ()

    def _ranked(self, text: str) -> tuple[Match, ...]:
        likeness, scale = self._likeness(text)
        found = [Match(name, float(score)) for name, score in zip(self._ids, scale.scores(likeness), strict=True)]
        ranked = sorted(found, key=lambda match: (-match.score, match.scenario))
        return tuple(match for match in ranked if match.score >= _OFFERED) if ranked[0].score >= _NOTHING else ()

    def _likeness(self, text: str) -> tuple[NDArray[np.float64], _Scale]:
        by_words, by_meaning = self._indexes()
        words = by_words.likeness(text)
        if by_meaning is None:
            return words, _WORDS_ALONE
        return _WORDS * words + _MEANING * by_meaning.likeness(text), _MIXED

    def _indexes(self) -> tuple[WordIndex, MeaningIndex | None]:
        with _loading:
            embedder = self._embedder()
            by_meaning = None if embedder is None else meaning_index(self._sayings, embedder)
            return word_index(self._vocabulary), by_meaning
