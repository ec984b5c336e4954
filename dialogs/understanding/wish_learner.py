"""Learns from sentences what people want of the conversation, for the ways of saying it that no pattern knows."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from dialogs.fields.typed import fold
from dialogs.linear import LinearClassifier
from dialogs.understanding.wishes import Place

_SENTENCES = Path(__file__).with_name("sentences")
"""One file a wish, a sentence a line; `none` has answers and matters."""
NONE = "none"
_NGRAMS = (1, 3)
"""Characters; a recogniser often gets one of two wrong, so single ones count too."""
_PATTERN = 0.6
"""What a pattern adds to the margin of its wish: it matches words and not their sense, so it has a vote and no veto."""
_SURE = {
    Place.OUTSIDE: 0.2,
    Place.CLOSED: 0.2,
    Place.SUMMARY: 0.1,
    Place.WORDS: 0.25,
    Place.NAME: 0.3,
    Place.STORY: 0.3,
    Place.GRADE: 0.3,
    Place.SOLVED: 0.3,
}
"""By how much the best wish has to lead what is an answer or a matter, to be taken. In a comment no lead is enough.

Chosen on sentences of people from whom nothing was learnt.
"""
_NEXT = 0.08
"""By how much it has to lead the other wishes."""
_LIKELY = 0.3
"""So far below a sure lead it is still worth a question..."""
_LIKELY_NEXT = 0.2
"""... where it leads the other wishes by this."""
_STRONG = 1.0
"""From this lead on words are a wish even where they could be read as an answer."""
_LONGEST = 60
"""Characters; what is longer tells something."""
_POLITE = ("greeting", "thanks")
"""Said beside answers, too: 确认无误，谢谢."""
_NOTHING_ASKED = (Place.OUTSIDE, Place.SOLVED, Place.GRADE)


@dataclass(frozen=True)
class Guess:
    """The likeliest wish of those that make sense in a place, named as its file."""

    name: str
    over_none: float
    """How far its margin is above that of an answer or matter; below 0 it is rather one of those."""
    over_next: float
    """How far it is above that of the next wish."""
    by_pattern: bool
    """Whether a pattern found the same."""

    def is_sure(self, place: Place) -> bool:
        """Whether it can be taken for what is wanted there."""
        return self.over_none >= self._least(place) and self.over_next >= _NEXT

    def is_likely(self, place: Place) -> bool:
        """Whether it is worth a question where an answer may be meant as well."""
        return self.over_none >= self._least(place) - _LIKELY and self.over_next >= _LIKELY_NEXT

    @property
    def is_strong(self) -> bool:
        """Whether it is a wish even where the words could be read as an answer."""
        return self.over_none >= _STRONG

    def _least(self, place: Place) -> float:
        if self.name in _POLITE and not self.by_pattern and place not in _NOTHING_ASKED:
            return float("inf")
        return _SURE.get(place, float("inf"))


class WishLearner:
    """Tells wishes apart. May be used from several threads."""

    def __init__(self) -> None:
        said = [(fold(line), path.stem) for path in sorted(_SENTENCES.glob("*.txt")) for line in _lines(path)]
        self._classifier = LinearClassifier(said, _terms, freedom=3.0, balanced=False)

    def guess(self, folded: str, names: Collection[str], found: str = "") -> Guess | None:
        """The likeliest of these wishes; None where the words are too many or too few to tell.

        `found`: the wish that a pattern found.
        """
        if len(names) < 2 or not 1 < len(folded) <= _LONGEST * (3 if folded.isascii() else 1):
            return None
        margins = self._classifier.margins(folded)
        none = margins.pop(NONE)
        if found in margins:
            margins[found] += _PATTERN
        best, second = heapq.nlargest(2, margins.keys() & {*names, found}, key=lambda name: margins[name])
        return Guess(best, margins[best] - none, margins[best] - margins[second], best == found)


@cache
def wish_learner() -> WishLearner:
    """The learner, taught once a process."""
    return WishLearner()


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def _terms(folded: str) -> Iterator[str]:
    """N-grams of each word, its ends marked; of Latin letters also words and pairs of them."""
    words = folded.split()
    for word in words:
        marked = f" {word} "
        for size in range(_NGRAMS[0], min(_NGRAMS[1], len(marked)) + 1):
            yield from (marked[at : at + size] for at in range(len(marked) - size + 1))
    if folded.isascii():
        yield from (f"={word}" for word in words)
        yield from (f"={one} {other}" for one, other in pairwise(words))
