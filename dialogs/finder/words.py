"""What is meant by wording: character n-grams weighed by how telling they are (TF-IDF)."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dialogs.fields.typed import fold
from dialogs.finder.corpus import Corpus
from dialogs.linear import LinearClassifier

_LATIN = re.compile(r"[a-z]+|[0-9]+")
_LONGEST = 3
"""Characters of an n-gram; single ones count too, for a recogniser often gets one of two wrong."""
_SHORTEST_WORD = 4
"""Letters; shorter words say nothing of the matter."""
_STEM = 5
"""Letters."""


_STEEPNESS = 5.0
"""From margins to shares: at this one they are about as sure as they are right."""


class WordIndex:
    """Tells scenarios apart by which n-grams their phrases have. May be used from several threads."""

    def __init__(self, corpus: Corpus) -> None:
        self._order = [owner for owner, _ in corpus]
        samples = [(text, owner) for owner, texts in corpus for text in texts]
        self._classifier = LinearClassifier(samples, _terms) if len(corpus) > 1 else None

    def shares(self, text: str) -> NDArray[np.float64]:
        """How likely each scenario is, in the order of the corpus; together 1."""
        if self._classifier is None:
            return np.ones(1)
        margins = self._classifier.margins(text)
        each = np.array([margins[owner] for owner in self._order])
        powers = np.exp(_STEEPNESS * (each - each.max()))
        shares: NDArray[np.float64] = powers / powers.sum()
        return shares


@cache
def word_index(corpus: Corpus) -> WordIndex:
    """The index, made once a process."""
    return WordIndex(corpus)


def _terms(text: str) -> list[str]:
    """Chinese characters by ones, twos and threes; of Latin words the beginning, so that endings do not matter."""
    folded = fold(text)
    terms = [word[:_STEM] for word in _LATIN.findall(folded) if len(word) >= _SHORTEST_WORD]
    for run in _LATIN.sub(" ", folded).split():
        terms += [run[at : at + n] for n in range(1, _LONGEST + 1) for at in range(len(run) - n + 1)]
    return terms
