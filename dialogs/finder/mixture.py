"""The finder in use: what is meant by wording and by meaning together, or by wording alone."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dialogs.fields.typed import fold
from dialogs.finder.corpus import compared, sayings
from dialogs.finder.match import GENERAL, Match
from dialogs.finder.meaning import Embedder, MeaningIndex, meaning_index, open_embedder
from dialogs.finder.options import OptionFinder
from dialogs.finder.words import WordIndex, word_index
from dialogs.templates.scenario import Scenarios

log = logging.getLogger(__name__)


# Chosen by bench/sentences/scenario.jsonl and tests/dialogs/finder/sayings.yaml: of the weights tried the best there.
_MEANING = 0.3
"""How much the model's opinion counts beside that of the wording."""
_STEEPNESS = 1.2
"""To this power the classifiers are right about as often as they say, near the border to another matter, too."""
_LEAST = 1e-6
"""Nothing is ruled out by one of the two alone."""
_NOTHING = 0.2
"""If the best scores less, nothing is found."""
_GENERAL_ALONE = 0.9
"""Where the general scenario scores as much, none of the others is meant."""
_OFFERED = 0.02
"""What scores less is not offered beside the best."""

_learning, _loading = threading.Lock(), threading.Lock()
"""Of the wording, and of the meaning: whoever asks first loads, the others wait, and each index is made once."""


class MixtureFinder:
    """Compares what is said with what the scenarios say of themselves."""

    def __init__(
        self,
        scenarios: Scenarios,
        embedder: Callable[[], Embedder | None] = open_embedder,
        patience: float | None = None,
    ) -> None:
        """Nothing is loaded yet; `embedder` is called by `warm_up`.

        `patience`: seconds that a person waits at most, None for as long as it takes.
        """
        self._patience = patience
        self._ids = tuple(scenarios)
        self._compared = compared(scenarios)
        self._sayings = sayings(scenarios)
        self._embedder = embedder
        self._by_meaning: MeaningIndex | None = None
        self.options = OptionFinder(scenarios, embedder)

    def warm_up(self) -> None:
        """Load what finding needs, and block: four seconds for the wording, then half a minute of one core for the
        meaning, once where vectors are kept. Until that is there, wording alone finds.
        """
        self._words()
        self.options.warm_up()
        with _loading:
            if (embedder := self._embedder()) is not None:
                self._by_meaning = meaning_index(self._compared, embedder)

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        """Scenarios that fit, best first; off the loop, some 20 ms. None while the wording takes too long to load:
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
        found = [Match(name, float(score)) for name, score in zip(self._ids, self._shares(text), strict=True)]
        ranked = sorted(found, key=lambda match: (-match.score, match.scenario))
        best = ranked[0]
        if best.score < _NOTHING or (best.scenario == GENERAL and best.score >= _GENERAL_ALONE):
            return ()
        return tuple(match for match in ranked if match.score >= _OFFERED)

    def _shares(self, text: str) -> NDArray[np.float64]:
        """How likely each scenario is: the two opinions multiplied, each to the power of what it counts."""
        powers = np.log(np.maximum(self._words().shares(text), _LEAST))
        if self._by_meaning is not None:
            meant = np.log(np.maximum(self._by_meaning.shares(text), _LEAST))
            powers = (1 - _MEANING) * powers + _MEANING * meant
        shares: NDArray[np.float64] = np.exp(_STEEPNESS * (powers - powers.max()))
        shares /= shares.sum()
        return shares

    def _words(self) -> WordIndex:
        with _learning:
            return word_index(self._sayings)
