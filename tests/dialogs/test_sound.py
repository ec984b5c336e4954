"""Words that sound alike: found by their syllables, with one slip between second and third tone."""

import pytest

from dialogs.pinyin import syllables
from dialogs.sound import SoundOf

WORDS = SoundOf(["着火", "火", "fire", "流血不止"], syllables)


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


def test_every_character_has_its_place() -> None:
    assert syllables("着火了, ok 100度") == ["zhao2", "huo3", "le5", "", "", "", "", "", "", "", "", "du4"]
