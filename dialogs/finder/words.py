"""Likeness by wording: character n-grams weighed by how telling they are (TF-IDF)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.fields.typed import fold
from dialogs.finder.corpus import Corpus

_LATIN = re.compile(r"[a-z]+|[0-9]+")
_LONGEST = 3
"""Characters of an n-gram; single ones count too, for a recogniser often gets one of two wrong."""
_SHORTEST_WORD = 4
"""Letters; shorter words say nothing of the matter."""
_STEM = 5
"""Letters."""


class WordIndex:
    """Every scenario as one text. May be used from several threads."""

    def __init__(self, corpus: Corpus) -> None:
        # Takes a second or two to import, so only once it is wanted.
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        self._weights: Any = TfidfVectorizer(analyzer=_terms, sublinear_tf=True)
        self._known: Any = self._weights.fit_transform([" ".join(texts) for _, texts in corpus])

    def likeness(self, text: str) -> NDArray[np.float64]:
        """0 to 1 for each scenario, in the order of the corpus."""
        found: NDArray[np.float64] = (self._known @ self._weights.transform([text]).T).toarray()[:, 0]
        return found


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
