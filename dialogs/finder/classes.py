"""Learns from phrases which scenario a text means: logistic regression, which gives likelihoods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.finder.corpus import Corpus, owners

_STEPS = 300


class Classes:
    """A classifier with one class a scenario, in the order of the corpus."""

    def __init__(self, phrases: Any, corpus: Corpus, freedom: float) -> None:
        """`phrases` has a row of features for each text of the corpus, in order."""
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

        self._only = len(corpus) == 1
        self._model: Any = LogisticRegression(C=freedom, max_iter=_STEPS)
        if not self._only:
            self._model.fit(phrases, owners(corpus))

    def shares(self, features: Any) -> NDArray[np.float64]:
        """How likely each scenario is; together 1."""
        if self._only:
            return np.ones(1)
        found: NDArray[np.float64] = self._model.predict_proba(features)[0]
        return found
