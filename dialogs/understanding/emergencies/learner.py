"""Emergencies by their wording: learnt from sentences of people in need, and of people with ordinary matters.

Patterns carry. This adds a number where no pattern stands, and stays an alarm that sounds like an ordinary matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from dialogs.linear import LinearClassifier
from dialogs.understanding.emergencies.words import normal

_SENTENCES: Final = Path(__file__).with_name("sentences")
"""A file a number, one sentence a line; a sentence for two numbers stands in both files."""
_CALM: Final = "calm"
_NEED: Final = "need"
_LONGEST: Final = 400
"""Characters that are looked at: a longer text is about many things."""
_LATIN: Final = re.compile("[a-z]+|[0-9]+")
_LETTERS: Final = 6
"""Of a Latin word; endings say little."""
_LONGEST_TERM: Final = 3
"""Characters."""

Sentences = Mapping[str, Sequence[str]]
"""By number; those of nobody in need under `calm`."""


class Learner:
    """May be used from several threads. Learning takes about a second, judging less than a millisecond."""

    def __init__(self, sentences: Sentences) -> None:
        told: dict[str, set[str]] = {}
        for number, texts in sentences.items():
            for text in texts:
                told.setdefault(text, set()).add(number)
        alarm = [(text, _CALM if numbers == {_CALM} else _NEED) for text, numbers in told.items()]
        self._alarm = LinearClassifier(alarm, _terms, freedom=1.0, balanced=False)
        of_need = {text: numbers for text, numbers in told.items() if numbers != {_CALM}}
        self._numbers = {
            number: LinearClassifier(
                [(text, _NEED if number in numbers else _CALM) for text, numbers in of_need.items()],
                _terms,
                freedom=1.0,
            )
            for number in sentences
            if number != _CALM
        }

    def alarm(self, text: str) -> float:
        """How much it sounds like somebody in need: above 0 rather so, below rather not."""
        return self._alarm.margins(text[:_LONGEST])[_NEED]

    def numbers(self, text: str) -> frozenset[str]:
        """Whom to call if somebody is in need: one number at least."""
        margins = {number: model.margins(text[:_LONGEST])[_NEED] for number, model in self._numbers.items()}
        best = max(margins, key=lambda number: margins[number])
        return frozenset({best} | {number for number, margin in margins.items() if margin > 0})


@cache
def learner() -> Learner:
    """What was learnt from the sentences of this folder, once a process."""
    return Learner(
        {file.stem: file.read_text(encoding="utf-8").splitlines() for file in sorted(_SENTENCES.glob("*.txt"))}
    )


def _terms(text: str) -> Iterator[str]:
    """Chinese characters by ones, twos and threes, words of Latin letters by ones and twos."""
    plain = normal(text)
    words = [word[:_LETTERS] for word in _LATIN.findall(plain)]
    yield from words
    yield from map(" ".join, zip(["", *words], [*words, ""], strict=True))
    for run in re.sub(r"\W+", " ", _LATIN.sub(" ", plain)).split():
        yield from (run[at : at + n] for n in range(1, _LONGEST_TERM + 1) for at in range(len(run) - n + 1))
