"""Learns from messages whose facts are known how people tell of a choice without naming an option.

What cues found is one of the things it goes by, so it learns as well how far they can be believed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Final
from weakref import WeakKeyDictionary

from dialogs.linear import LinearClassifier
from dialogs.templates.scenario import Question, Scenario, ToldMessages
from dialogs.understanding.facts.story import Story
from dialogs.understanding.normalise import normalise

Named = Callable[[Question, Story], Iterable[str]]
"""What the cues of a question find in a message: ids of options, `yes`, `no`."""

_UNTOLD: Final = ""
_TOLD: Final = "told"
_FREEDOM: Final = 2.0
_WEIGHT: Final = 2
"""Times that what cues found is counted."""
# By how much an option has to lead, chosen on messages of which nothing had been learnt.
_NAMED: Final = -0.5
"""Where cues point at it and at no other: then another has to lead clearly."""
_DISPUTED: Final = 0.4
"""Where cues point at several."""
_SILENT: Final = 0.3
"""Where no cue speaks; then the words have to be rather for it than against it, too."""
_LATIN_SILENT: Final = 0.7
"""The same of a message without a Chinese character, of which there are few to learn from."""
_LEAST_SILENT: Final = 9
"""Characters of a message that tells without a cue: 什么厂 tells nothing."""
_ONE_OF_SEVERAL: Final = -0.1
"""From where on an option is one of several that are told..."""
_NONE_OF_SEVERAL: Final = -0.4
"""... and below which each other one has to be: half of what is told of several is wrong."""
_FEWEST: Final = 12
"""Messages that tell of a question: from fewer nothing is learnt."""
_CHINESE: Final = re.compile("[一-鿿]")
_LATIN: Final = re.compile("[a-z]+|[0-9]+")
_LETTERS: Final = 6
"""Of a Latin word; endings say little."""
_LONGEST_TERM: Final = 2
"""Characters."""


class FactLearner:
    """One question of one scenario. May be used from several threads."""

    def __init__(self, question: Question, told: ToldMessages, named: Named) -> None:
        self._named = partial(named, question)
        samples = [
            (self._line(_story(one.say)), one.facts.get(question.id, ()))
            for one in told.messages
            if question.id in one.facts or not one.partly
        ]
        self._several = question.type == "multi_choice"
        known = sum(1 for _, means in samples if means)
        self._machines: dict[str, LinearClassifier] = {}
        if known < _FEWEST:
            return
        if self._several:
            samples += [(line, (name,)) for line, name in _names(question)]
            for option in question.options:
                self._learn(option.id, [(text, _TOLD if option.id in means else _UNTOLD) for text, means in samples])
        else:
            told_as = [(text, means[0] if means else _UNTOLD) for text, means in samples]
            self._learn(_TOLD, told_as + _names(question))

    def _learn(self, name: str, samples: list[tuple[str, str]]) -> None:
        if len({label for _, label in samples}) > 1:
            self._machines[name] = LinearClassifier(samples, _terms, freedom=_FREEDOM, balanced=False)

    @property
    def knows(self) -> bool:
        """Whether there was anything to learn from."""
        return bool(self._machines)

    def told(self, story: Story) -> tuple[str, ...]:
        """What is told: ids of options, `yes`, `no`; nothing where it is not clear."""
        line = self._line(story)
        return self._several_told(line) if self._several else self._one_told(line, set(self._named(story)))

    def _several_told(self, line: str) -> tuple[str, ...]:
        margins = {id_: machine.margins(line)[_TOLD] for id_, machine in self._machines.items()}
        if any(_NONE_OF_SEVERAL < margin <= _ONE_OF_SEVERAL for margin in margins.values()):
            return ()
        return tuple(id_ for id_, margin in margins.items() if margin > _ONE_OF_SEVERAL)

    def _one_told(self, line: str, named: set[str]) -> tuple[str, ...]:
        margins = self._machines[_TOLD].margins(line)
        options = named & margins.keys() if named else margins.keys() - {_UNTOLD}
        if not options:
            return ()
        best = max(sorted(options), key=lambda id_: margins[id_])
        lead = margins[best] - max(margin for id_, margin in margins.items() if id_ != best)
        if named:
            return (best,) if lead >= (_NAMED if len(named) == 1 else _DISPUTED) else ()
        clear = lead >= (_SILENT if _CHINESE.search(line) else _LATIN_SILENT)
        return (best,) if clear and margins[best] > 0 and len(line) >= _LEAST_SILENT else ()

    def _line(self, story: Story) -> str:
        """What is told as so, and behind it what cues find."""
        return "\n".join([story.as_so, *sorted(set(self._named(story)))])


@lru_cache(maxsize=1024)
def _story(say: str) -> Story:
    """Every question of a scenario is learnt from the same messages."""
    return Story.of(normalise(say))


def _names(question: Question) -> list[tuple[str, str]]:
    """What the template calls its options, each with its id."""
    return [
        (normalise(words.replace("…", "")).plain, option.id)
        for option in question.options
        for words in (option.label.zh, option.label.en, *option.synonyms.all, *option.means.all)
    ]


_LEARNT: WeakKeyDictionary[ToldMessages, dict[str, FactLearner]] = WeakKeyDictionary()
_LEARNING = threading.Lock()


def fact_learner(scenario: Scenario, question: Question, named: Named) -> FactLearner | None:
    """The learner of a question, taught when it is first needed: some hundredths of a second."""
    told = scenario.told
    if not told.messages:
        return None
    with _LEARNING:
        learnt: Mapping[str, FactLearner] = _LEARNT.setdefault(told, {})
        if question.id not in learnt:
            _LEARNT[told][question.id] = FactLearner(question, told, named)
        learner = _LEARNT[told][question.id]
    return learner if learner.knows else None


def _terms(line: str) -> Iterator[str]:
    """Chinese characters by ones, twos and threes, Latin words; what cues found."""
    plain, *named = line.split("\n")
    yield from (word[:_LETTERS] for word in _LATIN.findall(plain))
    for run in re.sub(r"[a-z0-9\W]+", " ", plain).split():
        yield from (run[at : at + n] for n in range(1, _LONGEST_TERM + 1) for at in range(len(run) - n + 1))
    for one in named * _WEIGHT:
        yield f"={one}"
    if len(named) == 1:
        yield from [f"={named[0]} alone"] * _WEIGHT
