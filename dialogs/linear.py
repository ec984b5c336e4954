"""Tells short texts apart by linear weights of their terms, learnt from sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from dialogs.weights import Weights, kept

Terms = Callable[[str], Iterable[str]]
"""What of a text counts: words, n-grams of characters."""


class LinearClassifier:
    """One margin a label (TF-IDF and a support vector machine). May be used from several threads.

    Learning from some thousand sentences takes about a second, unless its weights were kept; judging takes less than a
    millisecond.
    """

    def __init__(
        self, samples: Sequence[tuple[str, str]], terms: Terms, *, freedom: float = 0.5, balanced: bool = True
    ) -> None:
        """`samples`: texts with their labels, of two labels at least. `freedom`: how closely it follows them."""
        weights = kept((samples, freedom, balanced), terms, lambda: _learn(samples, terms, freedom, balanced=balanced))
        self.labels = weights.labels
        self._terms = terms
        self._places = {term: place for place, term in enumerate(weights.terms)}
        self._rarity, self._slopes, self._bias = weights.rarity, weights.slopes, weights.bias

    def margins(self, text: str) -> dict[str, float]:
        """Of each label: above 0 rather so, below rather not."""
        # What the library would do, which checks its input for most of a millisecond.
        counts = Counter(self._places[term] for term in self._terms(text) if term in self._places)
        places = np.fromiter(counts, np.intp, len(counts))
        told = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self._rarity[places]
        length = float(np.sqrt(told @ told)) or 1.0
        margins = (told / length) @ self._slopes[places] + self._bias
        return dict(zip(self.labels, map(float, margins), strict=True))


def _learn(samples: Sequence[tuple[str, str]], terms: Terms, freedom: float, *, balanced: bool) -> Weights:
    # Takes a second or two to import, so only once it is wanted.
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

    vectors = TfidfVectorizer(analyzer=terms, sublinear_tf=True)
    # As right as logistic regression, which takes sixteen times as long on as many terms.
    machine = LinearSVC(C=freedom, class_weight="balanced" if balanced else None, random_state=0)
    machine.fit(vectors.fit_transform([text for text, _ in samples]), [label for _, label in samples])
    slopes, bias = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        slopes, bias = np.vstack([-slopes, slopes]), np.concatenate([-bias, bias])
    return Weights(
        labels=tuple(map(str, machine.classes_)),
        terms=tuple(map(str, vectors.get_feature_names_out())),
        rarity=vectors.idf_.astype(np.float32),
        slopes=np.ascontiguousarray(slopes.T.astype(np.float32)),
        bias=bias.astype(np.float32),
    )
