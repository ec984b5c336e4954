"""Tells talk that is no matter, as of who dialled a wrong number, from what somebody wants of a hotline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from dialogs.fields.typed import fold
from dialogs.linear import LinearClassifier
from dialogs.templates.scenario import Scenarios

_SENTENCES: Final = Path(__file__).with_name("small_talk.txt")
"""A sentence a line."""
_NGRAMS: Final = (1, 4)
"""Characters."""
_LONGEST: Final = 40
"""Characters; whoever says more than that wants something."""
_MARGIN: Final = -0.15
"""From which it is talk. Of sentences kept apart four fifths were, and one of a hundred matters."""
_TALK, _MATTER = "talk", "matter"


class SmallTalk:
    """Learnt, at the first question, from sentences of both kinds. May be used from several threads."""

    def __init__(self, matters: Iterable[str]) -> None:
        self._matters = tuple(matters)

    @classmethod
    def of(cls, scenarios: Scenarios) -> SmallTalk:
        """The matters are what the scenarios know of how people say theirs."""
        return cls(said for one in scenarios.values() for said in (*one.template.examples.zh, *one.sayings))

    def __call__(self, text: str) -> bool:
        """Whether it is talk to somebody else, or of nothing."""
        said = fold(text)
        if not said or len(said) > _LONGEST:
            return False
        return self._classifier.margins(said)[_TALK] > _MARGIN

    @cached_property
    def _classifier(self) -> LinearClassifier:
        talk = [(fold(line), _TALK) for line in _SENTENCES.read_text("utf-8").splitlines()]
        return LinearClassifier([*talk, *((fold(one), _MATTER) for one in self._matters)], _terms)


def _terms(said: str) -> Iterator[str]:
    marked = f" {said} "
    for size in range(_NGRAMS[0], _NGRAMS[1] + 1):
        yield from (marked[at : at + size] for at in range(len(marked) - size + 1))
