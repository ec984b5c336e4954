"""Words that sound alike: found by their syllables, give or take a few steps between what is taken for each other."""

import pytest

from dialogs.pinyin import syllables
from dialogs.sound import SoundOf

WORDS = SoundOf(["着火", "火", "fire", "流血不止", "受伤了", "自杀", "昏倒", "轻生"], syllables)


def spans(text: str) -> list[tuple[int, int]]:
    return list(WORDS.spans(text, syllables(text)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("厂里着活了", [(2, 4)]),  # huó for huǒ
        ("找火了", [(0, 2)]),  # zhǎo for zháo
        ("着火", [(0, 2)]),
        ("流血不只", [(0, 4)]),
    ],
)
def test_the_same_syllables_are_found(text: str, found: list[tuple[int, int]]) -> None:
    assert spans(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "找活干",  # both tones differ
        "找货",  # a fourth tone is nobody's third
        "着急",
        "活",  # one syllable is not compared
        "set on fire",
        "着 活",
        "",
    ],
)
def test_others_are_not(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("自杀", "刺杀"),  # c for z
        ("昏倒", "分倒"),  # f for h
        ("轻生", "亲生"),  # in for ing
        ("着了火", "着了和"),  # two steps, e for uo and a tone
        ("流血不止", "流血不字"),  # z for zh, and a fourth tone for a third
        ("被车撞", "被扯壮"),
    ],
)
def test_what_accents_and_the_recogniser_confuse_is_found(word: str, written: str) -> None:
    assert list(SoundOf([word], syllables).spans(written, syllables(written))) == [(0, len(word))]


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("着火", "早火"),  # z for zh, and another tone: two steps are too many for two syllables
        ("大火", "大河"),
        ("有人受伤", "又冷手上"),
        ("断电", "单点"),
    ],
)
def test_the_shorter_a_word_the_nearer_it_must_be(word: str, written: str) -> None:
    assert list(SoundOf([word], syllables).spans(written, syllables(written))) == []


def test_every_character_has_its_place() -> None:
    assert syllables("着火了, ok 100度") == ["zhao2", "huo3", "le5", "", "", "", "", "", "", "", "", "du4"]
