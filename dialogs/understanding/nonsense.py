"""Tells words that say nothing, such as 哈哈哈, asdfgh or a test, from words on a matter."""

from __future__ import annotations

import re

from dialogs.fields.typed import fold, words

_SOUNDS = re.compile(r"[哈呵嘿嘻啊阿哦噢喔嗯恩额呃唉哎呀啦咯嘛呢吧哇诶欸嘎嘟喵汪咩哼呜咦嗨]+")
"""Chinese characters that write a sound alone, without a meaning."""
_LATIN_SOUNDS = re.compile(
    r"h{2,}|a{2,}h*|e+m{2,}|u+m+|o+h+|(?:ha){2,}h?|(?:he){2,}|(?:hi){2,}|(?:xi){2,}|l+o+l+|m{2,}|z{2,}"
)
_SAME = re.compile(r"(.)\1{2,}")
"""One character three times or more, and nothing else."""
_PRESSING = frozenset("急快痛疼热冷臭吵")
"""Said three times these are an urgent word: 急急急."""
_TESTS = words("测试/测试一下/测一下/试试/试一下/试试看/我试试/我就试试/随便试试/测试测试/瞎点的/点着玩/玩玩") | words(
    "test/testing/test test/just testing/this is a test/hello world/abc/abcd/xyz/foo/bar"
)
_LONGEST_COUNT = 6
"""Digits up to which a message of digits alone counts or tries something; a longer one may be a number of something."""
_KEYS = tuple(keys for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for keys in (row, row[::-1]))
_AGAIN = re.compile(r"(.{2,3})\1+")
_SHORTEST_RUN = 4
"""Latin letters from which a run over the keyboard is no abbreviation."""
_BY_SYLLABLES = re.compile(
    r".{0,4}(?:阿斯顿|阿萨德|阿斯蒂芬|撒旦法|撒打算|大苏打|爱上对方|的风格的|水电费水电费).{0,8}"
)
"""What keyboard runs (asdf, sdf, dfg) become under an input method."""


def is_nonsense(text: str) -> bool:
    """Whether a message holds no word at all that could be part of a matter. Rather False: who is taken for a joker is
    asked to say it again. Insults are an intent, and short words such as 好 or 1 may be answers: neither is for here.
    """
    said = fold(text)
    if not said or said in _TESTS or _SOUNDS.fullmatch(said):
        return True
    if _SAME.fullmatch(said) and said[0] not in _PRESSING and not (said.isdecimal() and len(said) > _LONGEST_COUNT):
        return True
    if said.replace(" ", "").isdecimal():
        return len(said) <= _LONGEST_COUNT
    return all(map(_is_noise, said.split())) if said.isascii() else bool(_BY_SYLLABLES.fullmatch(said))


def _is_noise(word: str) -> bool:
    """Whether a Latin word is laughter or a run over the keyboard."""
    if _LATIN_SOUNDS.fullmatch(word):
        return True
    if len(word) < _SHORTEST_RUN or not word.isalpha():
        return False
    return not set(word) & set("aeiouy") or any(_runs(word, keys) for keys in _KEYS)


def _runs(word: str, keys: str) -> bool:
    """Whether nearly all of the word runs along a row of keys, or does so again and again: asdf, qwert, asdasd."""
    again = _AGAIN.fullmatch(word)
    long = max(_SHORTEST_RUN, len(word) - 2)
    return (again is not None and again[1] in keys) or any(
        word[at : at + long] in keys for at in range(len(word) - long + 1)
    )
