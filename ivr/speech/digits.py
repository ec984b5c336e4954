"""Digits that are spoken one by one, as people read out a number."""

from __future__ import annotations

import json

from dialogs.speech.recogniser import UNKNOWN, Utterance

from .phrases import LEADING, TRAILING
from .vocabulary import Vocabulary, plain

SPOKEN = {
    "零": "0", "〇": "0", "洞": "0",
    "一": "1", "幺": "1",
    "二": "2", "两": "2",
    "三": "3", "四": "4", "五": "5", "六": "6",
    "七": "7", "拐": "7",
    "八": "8",
    "九": "9", "勾": "9",
}  # fmt: skip
"""幺, 洞, 拐 and 勾 are how numbers are read over radio and telephone, where 一 and 七, 零 and 六 sound alike."""

_IN_GRAMMAR = "零一二三四五六七八九幺"
"""Those that the recogniser listens for; the rarer ones cost more wrong hearings than they win."""


class Digits:
    """A grammar of spoken digits, and the number of digits that makes an answer."""

    def __init__(self, vocabulary: Vocabulary, least: int = 1, most: int = 20) -> None:
        self._least = least
        self._most = most
        words = [vocabulary.segment(sign)[0] for sign in _IN_GRAMMAR]
        self.grammar = json.dumps([*words, UNKNOWN], ensure_ascii=False)
        """What Vosk is given: each digit a phrase, which its bigram model lets follow each other freely."""

    def key(self, utterance: Utterance) -> str | None:
        """The digits, 0 to 9, if nothing else was said and their count is allowed; else None."""
        if any(word.text == UNKNOWN for word in utterance.words):
            return None  # a digit may have been lost in it, and a number with a gap is another number
        digits = spoken_digits(utterance.text)
        return digits if digits is not None and self._least <= len(digits) <= self._most else None


def spoken_digits(text: str) -> str | None:
    """The digits of words such as "幺三八 洞洞" or of keys ("138 00"), or None when it is not digits alone.

    Numbers with places (十, 百) are not digits and give None. Fillers at the ends do not count.
    """
    text = plain(text.replace(UNKNOWN, ""))
    fillers = True
    while fillers:
        fillers = False
        for filler in LEADING:
            if text.startswith(filler):
                text, fillers = text.removeprefix(filler), True
        for filler in TRAILING:
            if text.endswith(filler):
                text, fillers = text.removesuffix(filler), True
    digits = [SPOKEN.get(sign, sign) for sign in text]
    return "".join(digits) if digits and all(digit in "0123456789" for digit in digits) else None
