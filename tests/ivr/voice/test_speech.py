"""Texts that sound the same are one prompt; punctuation is melody at the end and time between."""

import pytest

from ivr.voice.speech import gap, normalised


@pytest.mark.parametrize(
    ("text", "known_as"),
    [
        ("请按三。", "请按三。"),
        ("请按三！", "请按三。"),
        ("请按 三 ，", "请按三"),
        ("，请记好", "请记好"),
        ("“投诉”请按三", "投诉请按三"),
        ("对吗？", "对吗?"),
        ("对吗（是）？", "对吗(是)?"),
        ("ＡＢＣ１２", "ABC12"),
        ("Press 3 to  complain.", "Press 3 to complain。"),
        ("We don’t know", "We don't know"),
        ("……", ""),
        (" ", ""),
        ("", ""),
    ],
)
def test_normalised(text: str, known_as: str) -> None:
    assert normalised(text) == known_as
    assert normalised(known_as) == known_as


def test_a_question_and_a_statement_sound_different() -> None:
    assert normalised("满意？") != normalised("满意。") != normalised("满意")


def test_punctuation_takes_time() -> None:
    assert gap("好的。") > gap("好的，") > gap("好的") == gap("") == gap(" ") == 0
