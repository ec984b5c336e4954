"""Finds by what a sentence tells which option of a question somebody means, or whether yes or no."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from dialogs.fields import Boolean, Choice, MultiChoice, Option
from dialogs.fields.boolean import NO, YES
from dialogs.fields.typed import fold
from dialogs.finder.evasion import Evasion, Evasions, plain, terms
from dialogs.finder.kept import Vectors
from dialogs.finder.meaning import Embedder, unit
from dialogs.linear import LinearClassifier
from dialogs.templates.scenario import Question, Scenarios

_LONGEST: Final = 200
"""Characters; more is a story, and no answer to a choice."""
_YES, _NO = "yes", "no"
_OF = "\0"
"""Between the question and what is said to it."""

Samples = list[tuple[str, str]]
"""Texts with what they mean."""


@dataclass(frozen=True)
class Leaning:
    """What a text is likely to mean."""

    margins: Mapping[str, float]
    """Of each option's id, or of `yes` and `no`: above 0 rather so, below rather not."""
    evasion: Evasion

    @cached_property
    def ranked(self) -> tuple[str, str]:
        """The two likeliest."""
        best, second = heapq.nlargest(2, self.margins, key=lambda one: self.margins[one])
        return best, second

    @property
    def best(self) -> str:
        return self.ranked[0]

    @property
    def lead(self) -> float:
        """By how much it is likelier than the next."""
        best, second = self.ranked
        return self.margins[best] - self.margins[second]


class OptionFinder:
    """Learns from what the templates say of each option, and from whole answers. May be used from several threads.

    The wording of a question is learnt when it is first needed, in some 20 ms. With the sentence model its vectors
    count as much; they are reckoned in the background, a few seconds once for all processes where they are kept.
    """

    def __init__(self, scenarios: Scenarios, embedder: Callable[[], Embedder | None]) -> None:
        self._scenarios = scenarios
        self._embedder = embedder
        self._worded: dict[tuple[Option, ...], LinearClassifier] = {}
        self._meant: dict[tuple[Option, ...], _Meanings | None] = {}
        """None while its vectors are reckoned."""
        self._learning, self._loading = threading.RLock(), threading.Lock()

    def find(self, question: Question, text: str) -> Leaning | None:
        """None for a text that is no short answer, and for other types of questions. Blocks, some 20 ms."""
        if not fold(text) or len(text) > _LONGEST:
            return None
        said, parser = plain(text), question.parser
        if isinstance(parser, Boolean):
            margins = self._polarity.margins(f"{_asked(question)}{_OF}{said}")
            # Of two that exclude each other one is as far above the border as the other below.
            return Leaning({one: margin / 2 for one, margin in margins.items()}, self.evasion(text))
        if not isinstance(parser, Choice | MultiChoice) or len(parser.options) < 2:
            return None
        worded = self._words(question, parser.options).margins(said)
        meant = self._vectors(question, parser.options)
        if meant is not None:
            by_meaning = meant.margins(said)
            worded = {one: (margin + by_meaning[one]) / 2 for one, margin in worded.items()}
        return Leaning(worded, self.evasion(text))

    def evasion(self, text: str) -> Evasion:
        """How far the text sounds like no answer to any question."""
        return self._evasions.of(plain(text))

    def load(self, question: Question) -> None:
        """Learn what the question needs, and wait for its vectors, so that nobody waits later."""
        parser = question.parser
        if not isinstance(parser, Choice | MultiChoice) or len(parser.options) < 2:
            return
        self._words(question, parser.options)
        if (embedder := self._embedder()) is not None and self._meant.get(parser.options) is None:
            self._meant[parser.options] = _Meanings(_samples(question, parser.options), embedder)

    def warm_up(self) -> None:
        """Learn what all questions share."""
        self._evasions, self._polarity  # noqa: B018 - learnt at first use

    @cached_property
    def _evasions(self) -> Evasions:
        with self._learning:
            return Evasions(text for one in self._questions() for said in one.sayings.values() for text in said)

    @cached_property
    def _polarity(self) -> LinearClassifier:
        """Of yes and no: what says so to one question mostly does to others."""
        with self._learning:
            samples = [(f"{_OF}{text}", answer) for answer, texts in ((_YES, YES), (_NO, NO)) for text in texts]
            samples += [
                (f"{_asked(one)}{_OF}{text}", answer)
                for one in self._questions()
                if isinstance(one.parser, Boolean)
                for text, answer in _yes_and_no(one, one.parser)
            ]
            return LinearClassifier(samples, _of_both)

    def _questions(self) -> Iterator[Question]:
        return (question for scenario in self._scenarios.values() for question in scenario.questions)

    def _words(self, question: Question, options: tuple[Option, ...]) -> LinearClassifier:
        with self._learning:
            if options not in self._worded:
                self._worded[options] = LinearClassifier(_samples(question, options), terms)
            return self._worded[options]

    def _vectors(self, question: Question, options: tuple[Option, ...]) -> _Meanings | None:
        with self._loading:
            if options in self._meant:
                return self._meant[options]
            self._meant[options] = None
        threading.Thread(target=self.load, args=(question,), name="vectors of options", daemon=True).start()
        return None


class _Meanings:
    """The options of one question told apart by where sentences of them lie."""

    def __init__(self, samples: Samples, embedder: Embedder) -> None:
        from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

        vectors = embedder.embed([text for text, _ in samples])
        # All answers to one question have much in common; only what differs from their mean tells them apart.
        self._mean = vectors.mean(axis=0)
        self._embedder = embedder
        machine = LinearSVC(class_weight="balanced", random_state=0)
        machine.fit(unit(vectors - self._mean), [label for _, label in samples])
        self._labels: Sequence[str] = tuple(map(str, machine.classes_))
        both = len(self._labels) == 2
        self._slopes: Vectors = np.vstack([-machine.coef_, machine.coef_]) if both else machine.coef_
        self._bias: Vectors = np.concatenate([-machine.intercept_, machine.intercept_]) if both else machine.intercept_

    def margins(self, said: str) -> dict[str, float]:
        margins = self._slopes @ unit(self._embedder.embed([said])[0] - self._mean) + self._bias
        return dict(zip(self._labels, map(float, margins), strict=True))


def _samples(question: Question, options: tuple[Option, ...]) -> Samples:
    sayings = question.sayings
    return [
        (plain(text.replace("…", "")), option.id)
        for option in options
        for text in (*option.labels, *option.synonyms, *option.means, *sayings.get(option.id, ()))
    ]


def _yes_and_no(question: Question, parser: Boolean) -> Iterator[tuple[str, str]]:
    for answer, phrases in ((_YES, parser.yes), (_NO, parser.no)):
        for text in (*phrases, *question.sayings.get(answer, ())):
            yield plain(text.replace("…", "")), answer


def _asked(question: Question) -> str:
    return question.spec.ask.zh


def _of_both(text: str) -> Iterator[str]:
    """Terms of any question, and the same as terms of this one."""
    asked, _, said = text.partition(_OF)
    for term in terms(said):
        yield term
        yield f"{asked}{_OF}{term}"
