"""Finds by what a sentence tells which option of a question somebody means, or whether yes or no."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dialogs.fields import Boolean, Choice, MultiChoice, Option
from dialogs.fields.boolean import NO, YES
from dialogs.fields.typed import fold
from dialogs.finder.evasion import Evasion, Evasions, plain, terms
from dialogs.finder.meaning import Embedder, MeaningClassifier
from dialogs.linear import LinearClassifier
from dialogs.templates.scenario import Question, Scenarios

_LONGEST: Final = 200
"""Characters; more is a story, and no answer to a choice."""
_YES, _NO = "yes", "no"
_ALL: Final = "yes or no"
"""Names what is learnt from the answers to all questions for yes or no."""
_ENOUGH: Final = 8
"""Answers of each kind from which a question for yes or no has meanings of its own."""
_OF = "\0"
"""Between the question and what is said to it."""


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
        """`embedder`: None where there is no sentence model."""
        self._scenarios = scenarios
        self.embedder = embedder
        self._worded: dict[tuple[Option, ...], LinearClassifier] = {}
        self._meant: dict[Hashable, MeaningClassifier | None] = {}
        """By the options, or by the wording of a yes-or-no question. None while its vectors are reckoned."""
        self._learning, self._loading = threading.RLock(), threading.Lock()

    def find(self, question: Question, text: str) -> Leaning | None:
        """None for a text that is no short answer, and for other types of questions. Blocks, some 20 ms."""
        if not fold(text) or len(text) > _LONGEST:
            return None
        said, parser = plain(text), question.parser
        if isinstance(parser, Boolean):
            worded = self._polarity.margins(f"{_asked(question)}{_OF}{said}")
        elif isinstance(parser, Choice | MultiChoice) and len(parser.options) > 1:
            worded = self._words(question, parser.options).margins(said)
        else:
            return None
        opinions = [worded, *(one.margins(said) for one in self._meanings(question))]
        margins = {one: sum(each[one] for each in opinions) / len(opinions) for one in worded}
        if isinstance(parser, Boolean):
            # Of two that exclude each other one is as far above the border as the other below.
            margins = {one: margin / 2 for one, margin in margins.items()}
        return Leaning(margins, self.evasion(text))

    def evasion(self, text: str) -> Evasion:
        """How far the text sounds like no answer to any question."""
        return self._evasions.of(plain(text))

    def load(self, question: Question) -> None:
        """Learn what the question needs, and wait for its vectors, so that nobody waits later."""
        parser = question.parser
        if isinstance(parser, Choice | MultiChoice) and len(parser.options) > 1:
            self._words(question, parser.options)
        for key, samples in self._to_learn(question):
            if (embedder := self.embedder()) is not None and self._meant.get(key) is None:
                self._meant[key] = MeaningClassifier(samples(), embedder)

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
            told = ((f"{_asked(one)}{_OF}{text}", answer) for one, text, answer in self._yes_and_no())
            return LinearClassifier([*samples, *told], _of_both)

    def _questions(self) -> Iterator[Question]:
        return (question for scenario in self._scenarios.values() for question in scenario.questions)

    def _words(self, question: Question, options: tuple[Option, ...]) -> LinearClassifier:
        with self._learning:
            if options not in self._worded:
                self._worded[options] = LinearClassifier(_samples(question, options), terms)
            return self._worded[options]

    def _yes_and_no(self) -> Iterator[tuple[Question, str, str]]:
        for one in self._questions():
            if isinstance(one.parser, Boolean):
                yield from ((one, text, answer) for text, answer in _yes_and_no(one, one.parser))

    def _to_learn(self, question: Question) -> Iterator[tuple[Hashable, Callable[[], list[tuple[str, str]]]]]:
        """What the meanings of its answers are learnt from, each with a name."""
        parser = question.parser
        if isinstance(parser, Choice | MultiChoice):
            if len(parser.options) > 1:
                yield parser.options, lambda: _samples(question, parser.options)
        elif isinstance(parser, Boolean):
            yield _ALL, lambda: [(text, answer) for _, text, answer in self._yes_and_no()]
            own = list(_yes_and_no(question, parser))
            if all(sum(answer == one for _, answer in own) >= _ENOUGH for one in (_YES, _NO)):
                yield _asked(question), lambda: own

    def _meanings(self, question: Question) -> list[MeaningClassifier]:
        """What the sentence model learnt of its answers; nothing while its vectors are reckoned."""
        to_learn = [key for key, _ in self._to_learn(question)]
        with self._loading:
            known = [self._meant.get(key) for key in to_learn]
            new = not all(key in self._meant for key in to_learn)
            for key in to_learn:
                self._meant.setdefault(key, None)
        if new:
            threading.Thread(target=self.load, args=(question,), name="vectors of options", daemon=True).start()
        return [one for one in known if one is not None] if None not in known else []


def _samples(question: Question, options: tuple[Option, ...]) -> list[tuple[str, str]]:
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
