"""What each scenario says about itself: the texts that people's own words are compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dialogs.templates.scenario import Question, Scenario, Scenarios
from dialogs.templates.template import Wording

Corpus = tuple[tuple[str, tuple[str, ...]], ...]
"""Scenario ids, each with its texts."""

_GENERAL = "other"
"""Takes what fits nowhere else, so it is never found by what it says."""


def sayings(scenarios: Scenarios) -> Corpus:
    """Title, summary and examples: whole phrases that mean the scenario."""
    return tuple((one.id, tuple(_sayings(one))) for one in _offered(scenarios))


def vocabulary(scenarios: Scenarios) -> Corpus:
    """All words of the scenario's own questions and options besides; shared blocks tell nothing of the matter."""
    uses = Counter(question.place for one in scenarios.values() for question in one.questions)
    return tuple(
        (
            one.id,
            (
                *_sayings(one),
                *(text for question in one.questions if uses[question.place] == 1 for text in _words(question)),
            ),
        )
        for one in _offered(scenarios)
    )


def _offered(scenarios: Scenarios) -> list[Scenario]:
    return [scenario for scenario in scenarios.values() if scenario.id != _GENERAL]


def _sayings(scenario: Scenario) -> Iterator[str]:
    template = scenario.template
    yield from _both(template.title)
    yield from _both(template.summary)
    yield from template.examples.all


def _words(question: Question) -> Iterator[str]:
    spec = question.spec
    for words in (spec.label, spec.ask, *spec.help, spec.example):
        if words is not None:
            yield from _both(words)
    for option in question.options:
        yield from _both(option.label)
        yield from option.synonyms.all


def _both(words: Wording) -> tuple[str, str]:
    return words.zh, words.en
