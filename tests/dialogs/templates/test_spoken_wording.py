"""What the phone says of the shipped scenarios is fit for the ear: nothing to tap or type, no brackets, no digits."""

import re
from collections.abc import Iterator

import pytest

from backend.contract.message import Localized
from dialogs.templates.scenario import Question
from dialogs.templates.template import Wording
from tests.built_in import built_in_scenarios

_HOTLINES = re.compile(r"(?<![0-9])(?:110|119|120|122|12345|12366|95598)(?![0-9])")
_UNFIT = {
    "zh_CN": re.compile(
        r"[0-9A-Za-z()（）〔〕“”…]|点击|点一|点最|点“|按钮|打字|发送|发给|请发|(?<!书)写(?!明|的是)|直接发|屏幕|如下"
    ),
    "en": re.compile(r"[0-9()“”…]|\b(?:tap|type the|write|send|press|button|screen|below is)\b", re.IGNORECASE),
}
_LONGEST = {"zh_CN": 40, "en": 100}
"""Characters of a question: what one breath can hold."""
SCENARIOS = built_in_scenarios()
QUESTIONS = {one.place: one for scenario in SCENARIOS.values() for one in scenario.questions}


def _unfit(text: str, language: str) -> list[str]:
    return _UNFIT[language].findall(_HOTLINES.sub("", text))


def _said(question: Question) -> Iterator[Localized]:
    spec = question.spec
    yield spec.localized_ask
    yield spec.localized_label
    yield from (question.label_of(option) for option in question.options)
    yield from (words for _, words in question.notes)
    yield from (words.localized for words in (spec.voice.help,) if words is not None)


def _written_help(question: Question) -> Iterator[Wording]:
    yield from question.spec.help
    yield from (words for words in (question.spec.example,) if words is not None)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_is_said_of_a_field_is_for_the_ear(language: str) -> None:
    wrong = [
        f"{question.place}: {question.id}: {words.spoken(language)}"
        for question in QUESTIONS.values()
        for words in _said(question)
        if _unfit(words.spoken(language), language)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_is_said_of_a_scenario_is_for_the_ear(language: str) -> None:
    for scenario in SCENARIOS.values():
        template = scenario.template
        opening = template.opening.said_as(template.voice.opening) if template.opening else Localized({"zh": ""})
        for words in (template.localized_title, opening):
            assert _unfit(words.spoken(language), language) == [], words.spoken(language)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_question_is_one_short_sentence(language: str) -> None:
    asked = [question.spec.localized_ask.spoken(language) for question in QUESTIONS.values()]
    assert [
        text for text in asked if len(text) > _LONGEST[language] or len(re.findall(r"[。？！]|[.?!] ", text)) > 1
    ] == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_help_that_is_only_for_the_eye_has_a_spoken_one(language: str) -> None:
    wrong = [
        f"{question.place}: {question.id}: {words.localized.best(language)}"
        for question in QUESTIONS.values()
        for words in _written_help(question)
        if question.spec.voice.help is None and _unfit(words.localized.best(language), language)
    ]
    assert wrong == []


def test_what_has_to_be_put_in_words_of_ones_own_has_an_example() -> None:
    spoken = ("text", "number", "money", "date", "address", "district")
    wrong = [q.place for q in QUESTIONS.values() if q.type in spoken and q.spec.voice.help is None]
    assert wrong == []


def test_what_cannot_be_spoken_is_put_off() -> None:
    deferred = {question.type: question.spec.voice.defer for question in QUESTIONS.values()}
    assert (deferred["uscc"], deferred["attachment"], deferred["phone"]) == ("link", "link", "keys")
    for question in QUESTIONS.values():
        if question.type in ("uscc", "attachment", "location", "phone"):
            assert question.spec.voice.defer is not None, question.place
