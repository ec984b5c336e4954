"""Emergencies are recognised by the policy's words, and harmless mentions are left alone."""

import pytest

from backend.contract.models.organisation import EmergencyOut
from dialogs.understanding.emergencies import Emergencies

RULES = Emergencies(
    [
        EmergencyOut(
            id="fire", number="119", name={"zh_CN": "消防", "en": "Fire brigade"}, words=["着火", "火灾", "fire"]
        ),
        EmergencyOut(id="injury", number="120", name={"zh_CN": "急救", "en": "Ambulance"}, words=["受伤"]),
        EmergencyOut(id="burns", number="120", name={"zh_CN": "急救", "en": "Ambulance"}, words=["烧伤"]),
    ]
)
CAREFUL = Emergencies(
    [
        EmergencyOut(
            id="fire",
            number="119",
            name={},
            words=["着火", "火灾", "fire"],
            negations=["没有", "no"],
            fillers=["发生"],
            exceptions=["火灾保险", "fire insurance"],
        )
    ]
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("车间着火了！", ["119"]),
        ("有人受伤，还烧伤了，厂房着火", ["119", "120"]),
        ("FIRE in the workshop", ["119"]),
        ("we were fired", []),
        ("老是停电", []),
    ],
)
def test_each_number_is_told_once(text: str, numbers: list[str]) -> None:
    assert [one.number for one in RULES.found_in(text)] == numbers


@pytest.mark.parametrize("text", ["没有发生火灾", "火灾保险怎么买", "no fire here", "fire insurance"])
def test_negations_and_harmless_words_do_not_count(text: str) -> None:
    assert CAREFUL.found_in(text) == ()


def test_a_real_one_after_a_harmless_one_counts() -> None:
    assert CAREFUL.found_in("买了火灾保险，现在真的着火了")


def test_a_rule_without_a_name_shows_its_number() -> None:
    assert CAREFUL.found_in("着火")[0].name.best("zh_CN") == "119"
    assert RULES.found_in("着火")[0].name.best("en") == "Fire brigade"
