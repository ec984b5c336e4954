"""What was learnt from sentences, kept on the disk: learning again at every start takes some seconds.

Nothing is kept before `keep_in` has named a folder.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dialogs.cache_files import mark_used, store

log = logging.getLogger(__name__)

Numbers = NDArray[np.float32]

_CODE: Final = Path(__file__).parent
_SUFFIX: Final = ".npz"
_MOST_FILES: Final = 600
"""All scenarios of a city need some 150, of 50 KB as a rule; those used last stay."""

_folders: list[Path] = []


@dataclass(frozen=True)
class Weights:
    """Of a linear classifier."""

    labels: tuple[str, ...]
    terms: tuple[str, ...]
    rarity: Numbers
    """Of each term."""
    slopes: Numbers
    """Terms by labels."""
    bias: Numbers
    """Of each label."""

    @property
    def fit_together(self) -> bool:
        terms, labels = len(self.terms), len(self.labels)
        shapes = (self.rarity.shape, self.slopes.shape, self.bias.shape) == ((terms,), (terms, labels), (labels,))
        return shapes and all(np.isfinite(one).all() for one in (self.rarity, self.slopes, self.bias))


def keep_in(folder: Path) -> None:
    """From now on this process keeps there what it learns, and takes from there what others learnt."""
    _folders[:] = [folder]


def kept(learnt_from: object, terms: Callable[..., object], learn: Callable[[], Weights]) -> Weights:
    """The weights that these sentences (as JSON can hold them) gave this very code before, or that `learn` gives. A
    folder that cannot be written, or a damaged file in it, costs time and nothing else.
    """
    if not _folders:
        return learn()
    name = hashlib.sha256(json.dumps([learnt_from, _code(terms)]).encode()).hexdigest()
    file = _folders[0] / f"{name}{_SUFFIX}"
    known = _read(file)
    if known is not None:
        return known
    weights = learn()
    try:
        store(file, partial(_save, weights=weights), most=_MOST_FILES)
    except OSError as error:
        _tell(os.strerror(error.errno or 0))
    return weights


@cache
def _tell(error: str) -> None:
    """Once a process, not for each classifier."""
    log.info("weights are not kept", extra={"action": "keep_weights", "error": error})


def _code(terms: Callable[..., object]) -> list[str]:
    """Tells this code from any other that may learn something else from the same sentences."""
    own = _digest(Path(inspect.getfile(terms))) if inspect.isfunction(terms) else repr(terms)
    return [version("scikit-learn"), _digest(_CODE), own]


@cache
def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(file: Path) -> Weights | None:
    try:
        with np.load(file, allow_pickle=False) as kept:
            labels, terms = (tuple(map(str, json.loads(kept[one].tobytes()))) for one in ("labels", "terms"))
            weights = Weights(labels, terms, *(kept[one].astype(np.float32) for one in ("rarity", "slopes", "bias")))
    except Exception:  # whatever is wrong with it, it is learnt again
        return None
    mark_used(file)
    return weights if weights.fit_together else None


def _save(file: Path, weights: Weights) -> None:
    labels, terms = (np.frombuffer(json.dumps(one).encode(), np.uint8) for one in (weights.labels, weights.terms))
    np.savez(file, labels=labels, terms=terms, rarity=weights.rarity, slopes=weights.slopes, bias=weights.bias)
