"""What each scenario says about itself: the texts that people's own words are compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dialogs.templates.scenario import Scenario, Scenarios
from dialogs.templates.template import Wording

Corpus = tuple[tuple[str, tuple[str, ...]], ...]
"""Scenario ids, each with its texts."""

_SPREAD = 4
"""One in so many sayings is compared by meaning, too: twice as many make the finder hardly better, and each takes 20 ms
where vectors are not kept."""


def compared(scenarios: Scenarios) -> Corpus:
    """Title, summary, examples, and some of the sayings."""
    return tuple((one.id, (*_told(one), *one.sayings[::_SPREAD])) for one in scenarios.values())


def sayings(scenarios: Scenarios) -> Corpus:
    """The same with all sayings."""
    return tuple((one.id, (*_told(one), *one.sayings)) for one in scenarios.values())


def owners(corpus: Corpus) -> NDArray[np.int64]:
    """The place of the scenario that each text of the corpus is of."""
    return np.repeat(np.arange(len(corpus)), [len(texts) for _, texts in corpus])


def _told(scenario: Scenario) -> tuple[str, ...]:
    template = scenario.template
    return (*_both(template.title), *_both(template.summary), *template.examples.all)


def _both(words: Wording) -> tuple[str, str]:
    return words.zh, words.en
