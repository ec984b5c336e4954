"""Vectors of phrases, kept on the disk: the model takes 25 ms for each, at every start, and templates change rarely."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dialogs.cache_files import mark_used, store

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

_MOST_FILES: Final = 256
"""Of some 300 KB for all scenarios, 100 KB for the options of a question; those used last stay."""


class _Model(Protocol):
    name: str
    """Of the model and its version: another has other vectors."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class Kept:
    """The same model, which takes the vectors of what it was asked before from `folder`. Without the folder, or with a
    damaged file in it, it goes the long way.

    A sentence alone is what a person says: that is never kept.
    """

    def __init__(self, model: _Model, folder: Path) -> None:
        self._model = model
        self._folder = folder

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return self._model.embed(texts)
        content = json.dumps([self._model.name, *texts]).encode()
        file = self._folder / f"{hashlib.sha256(content).hexdigest()}.npy"
        known = _read(file, len(texts))
        if known is not None:
            return known
        vectors = self._model.embed(texts)
        try:
            store(file, lambda draft: np.save(draft, vectors), most=_MOST_FILES)
        except OSError as error:
            log.info("phrases are not kept", extra={"action": "keep_phrases", "error": os.strerror(error.errno or 0)})
        return vectors


def _read(file: Path, count: int) -> Vectors | None:
    try:
        vectors = np.load(file, allow_pickle=False)
    except Exception:  # whatever is wrong with it, the model is asked
        return None
    mark_used(file)
    fits = isinstance(vectors, np.ndarray) and vectors.ndim == 2 and len(vectors) == count
    return vectors if fits and vectors.dtype == np.float32 and np.isfinite(vectors).all() else None
