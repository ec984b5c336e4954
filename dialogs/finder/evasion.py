"""Tells answers from what is said in place of one: hedges, questions back, what is put off or cannot be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from dialogs.fields.dialect import standard
from dialogs.fields.typed import fold, narrow
from dialogs.linear import LinearClassifier

_SENTENCES: Final = Path(__file__).with_name("sentences")
"""A sentence a line: `told` are answers to questions without options, `open` decide nothing, `declined` give none."""
_TOLD, _OPEN, _DECLINED = "told", "open", "declined"
_TERM: Final = 4
"""Characters of an n-gram at most; single ones count too, for a recogniser often gets one of two wrong."""
_LATIN: Final = re.compile("[a-z]+|[0-9]+")
_STEM: Final = 6
"""Letters of a Latin word; endings say little."""


@dataclass(frozen=True)
class Evasion:
    """How far a text sounds like no answer; below 0 rather like one."""

    any: float
    """By how much it sounds more like one of the two ways of giving none than like an answer."""
    declines: float
    """By how much it sounds more like declining than like anything else."""


class Evasions:
    """Learnt from the sentences of this folder and all answers that scenarios know. Threads may share it."""

    def __init__(self, told: Iterable[str]) -> None:
        samples = [(plain(text), _TOLD) for text in told]
        for label in (_TOLD, _OPEN, _DECLINED):
            lines = (_SENTENCES / f"{label}.txt").read_text(encoding="utf-8").splitlines()
            samples += [(plain(line), label) for line in lines]
        self._classifier = LinearClassifier(samples, terms)

    def of(self, text: str) -> Evasion:
        """`text`: as `plain` gives it."""
        margins = self._classifier.margins(text)
        told, unsettled, declined = margins[_TOLD], margins[_OPEN], margins[_DECLINED]
        return Evasion(max(unsettled, declined) - told, declined - max(unsettled, told))


def plain(text: str) -> str:
    """Standard words of simplified characters."""
    return standard(narrow(text))


def terms(text: str) -> Iterator[str]:
    """Chinese characters by ones to fours, beginnings of Latin words by ones and twos."""
    folded = fold(text)
    words = [word[:_STEM] for word in _LATIN.findall(folded)]
    yield from words
    yield from map(" ".join, pairwise(words))
    for run in _LATIN.sub(" ", folded).split():
        yield from (run[at : at + n] for n in range(1, _TERM + 1) for at in range(len(run) - n + 1))
