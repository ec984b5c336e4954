"""What was learnt from answers takes, asks back or leaves an answer, weighed against what was read in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from dialogs.fields import Declined, Doubtful, NotUnderstood, Outcome, Understood
from dialogs.finder.evasion import plain
from dialogs.finder.kept import Vectors
from dialogs.finder.options import OptionFinder
from dialogs.templates import BUILT_IN
from dialogs.templates.loader import load_scenarios
from dialogs.templates.scenario import Question
from dialogs.understanding import read_answer
from dialogs.understanding.suggesting import suggest

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
SCENARIOS = load_scenarios(BUILT_IN)
PLACE = SCENARIOS["fire-inspection"].by_id["place_type"]
CALLED = SCENARIOS["power-cut"].by_id["called"]
WORDS = OptionFinder(SCENARIOS, lambda: None)


class Leaning:
    """A model for which all phrases of an option are one direction, and a sentence lies between two of them."""

    def __init__(self, question: Question, toward: str, other: str, share: float) -> None:
        self._number = {option.id: number for number, option in enumerate(question.options)}
        self._owner = {
            plain(phrase.replace("…", "")): option.id
            for option in question.options
            for phrase in (
                option.label.zh,
                option.label.en,
                *option.synonyms.all,
                *option.means.all,
                *question.sayings.get(option.id, ()),
            )
        }
        self._between = {toward: share, other: 1.0 - share}

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), len(self._number)), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for option, share in ({self._owner[text]: 1.0} if text in self._owner else self._between).items():
                row[self._number[option]] = share
        return rows


def learnt(text: str, question: Question = PLACE, finder: OptionFinder = WORDS) -> Outcome:
    return suggest(question, text, read_answer(question, text, NOW), finder)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (PLACE, "搞了个小饭馆，摆得下六张桌子", "catering"),
        (PLACE, "我们是做来料加工的，二十来个工人", "workshop"),
        (CALLED, "早上就跟他们客服讲过了，给了个单号", True),
    ],
)
def test_what_is_told_as_others_told_it_is_taken(question: Question, text: str, value: str | bool) -> None:
    outcome = learnt(text, question)
    assert isinstance(outcome, Understood)
    assert outcome.value == value


@pytest.mark.parametrize("text", ["都行吧你看着办", "你们问这个有什么用", "天气真热"])
def test_what_is_no_answer_is_not_taken(text: str) -> None:
    assert not isinstance(learnt(text), Understood)


def test_what_is_put_off_in_other_words_is_declined() -> None:
    assert isinstance(learnt("我也讲不来的，你先问别个"), Declined)


@pytest.mark.parametrize("text", ["灶头要放在哪里？", "餐饮", "2"])
def test_who_asks_or_names_is_not_weighed(text: str) -> None:
    assert learnt(text) == read_answer(PLACE, text, NOW)


def test_a_reading_that_what_was_learnt_contradicts_is_asked_back() -> None:
    text = "年销才百来万，没办一般认定"
    taxpayer = SCENARIOS["tax-benefit"].by_id["taxpayer"]
    assert isinstance(read_answer(taxpayer, text, NOW), Understood)
    assert isinstance(learnt(text, taxpayer), Doubtful)


def test_a_denial_that_is_turned_round_is_read_and_not_guessed() -> None:
    danger = SCENARIOS["power-cut"].by_id["danger"]
    assert learnt("不能说没有危险", danger) == read_answer(danger, "不能说没有危险", NOW)


def test_the_sentence_model_has_its_share_once_it_is_loaded() -> None:
    said = "阿婆在灶头前"
    finder = OptionFinder(SCENARIOS, lambda: Leaning(PLACE, "catering", "shop", 1.0))
    finder.load(PLACE)
    leaning, worded = finder.find(PLACE, said), WORDS.find(PLACE, said)
    assert leaning is not None
    assert worded is not None
    assert leaning.best == "catering"
    assert leaning.lead > worded.lead


def test_between_two_is_nothing() -> None:
    finder = OptionFinder(SCENARIOS, lambda: Leaning(PLACE, "catering", "shop", 0.5))
    finder.load(PLACE)
    assert isinstance(learnt("呜哩哇啦", PLACE, finder), NotUnderstood)
