"""Amounts and dates as people speak them: grammars of the words they are made of, read by the form's own fields."""

from __future__ import annotations

import json

from dialogs.speech.recogniser import UNKNOWN, Utterance

from .phrases import LEADING, TRAILING, without_fillers
from .vocabulary import Unspeakable, Vocabulary, plain

_NUMERALS = "零一二三四五六七八九十百千万亿两半点"
_AMOUNT = (*_NUMERALS, "块", "元", "块钱", "万元", "左右", "大概", "多", "个", "次", "人", "天", "工作日")
_DATE = (
    *"零一二三四五六七八九十年月日号",
    *("今天", "昨天", "前天", "大前天", "今年", "去年", "前年", "上个月", "这个月", "本月", "上周", "上个星期", "本周"),
    *("这周", "星期", "周", "天", "上旬", "中旬", "下旬", "月初", "月底", "年初", "年底", "早上", "上午", "中午"),
    *("下午", "晚上", "大概", "左右", "明天", "后天"),
)


class Values:
    """Any sequence of the words of amounts, or of dates; what it means the field decides that asked."""

    def __init__(self, words: tuple[str, ...], vocabulary: Vocabulary) -> None:
        known = {word: segments for word in words if (segments := _segments(word, vocabulary))}
        self.grammar = json.dumps([*(" ".join(one) for one in known.values()), UNKNOWN], ensure_ascii=False)
        """What Vosk is given; each word a phrase, which its bigram model lets follow each other."""
        self._known = frozenset(word for one in known.values() for word in one).union(LEADING, TRAILING)

    def key(self, utterance: Utterance) -> str | None:
        """The words spoken, without fillers; None if anything else was said among them, be it a word of other answers
        to the same question.
        """
        if any(word.text not in self._known for word in utterance.words):
            return None
        return without_fillers(plain(utterance.text)) or None


def amounts(vocabulary: Vocabulary) -> Values:
    """Numbers and sums of money: 三万五千块."""
    return Values(_AMOUNT, vocabulary)


def dates(vocabulary: Vocabulary) -> Values:
    """Days: 三月五号, 上周五, 昨天."""
    return Values(_DATE, vocabulary)


def _segments(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    try:
        return vocabulary.segment(word)
    except Unspeakable:
        return ()  # another model may lack a word; its parts are there one by one
