"""Tells words that sound much like a wish for a person: 给我穿圆拱 is what a recogniser made of 给我转人工."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from dialogs.pinyin import syllables
from ivr.speech.vocabulary import plain
from ivr.talk.phrasebook import phrasebook

_BEFORE: Final = ("", "给我", "帮我", "我要", "请", "麻烦")
_ALIKE: Final = 0.8
"""Share of the letters of their syllables, from which two sound alike."""


def sounds_like_human(text: str) -> bool:
    """Whether to ask if a person is wanted."""
    said = plain(text)
    return any(
        abs(len(said) - length) <= 1 and SequenceMatcher(None, _letters(said), letters).ratio() >= _ALIKE
        for length, letters in _wishes()
    )


@lru_cache(maxsize=1)
def _wishes() -> tuple[tuple[int, str], ...]:
    wishes = (f"{before}{wish}" for before in _BEFORE for wish in phrasebook().human if "人工" in wish)
    return tuple((len(one), _letters(one)) for one in wishes if len(one) > len("人工"))


def _letters(text: str) -> str:
    return "".join(read.rstrip("12345") for read in syllables(text))
