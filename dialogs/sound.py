"""What Chinese words sound like: finds a word where a recogniser has written others of much the same sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

Read = Callable[[str], Sequence[str]]
"""Gives each character's syllable with its tone, `zhao2`; '' for what is no Chinese character."""

_SHORTEST = 2
"""Syllables: single ones sound like a great many words."""
_MOST_STEPS = 3
"""Between a word and what was written for it, however long it is. A shorter word has one less than syllables: with one
more, words of two are found in seven times as many ordinary texts (大河 for 大火)."""
_FAR = _MOST_STEPS + 1

_ACCENTS = ("z zh", "c ch", "s sh", "n l", "r l", "in ing", "en eng", "an ang", "ian iang", "uan uang")
"""What the south does not tell apart."""
_SLIPS = ("z c", "zh ch", "j q", "uo o", "uo e", "o e", "u uo")
"""What the recogniser does not: the telephone takes the breath away, and for 火 it writes 和."""
_CONFUSED = frozenset(frozenset(pair.split()) for pair in (*_ACCENTS, *_SLIPS))
"""Initials with initials, finals with finals."""
_F_AS_H = {"u": "u", "o": "uo", "ei": "ui", "en": "un", "eng": "ong"}
"""What follows h where f is said as h; for other finals it is u before them: fang, huang."""
_RISING = frozenset("23")
"""Tones a step apart: the third rises before another third, and is like the second then. Others are two apart."""
_SYLLABLE = re.compile("(?P<initial>[zcs]h|[bpmfdtnlgkhjqxrzcsyw]?)(?P<final>.*?)(?P<tone>[1-5]?)")


class SoundOf:
    """The sound of some words, to be found in texts."""

    def __init__(self, words: Iterable[str], read: Read) -> None:
        """Words in other scripts, or of one character, are left out: they are found as they are written, or not."""
        spoken = ((word, tuple(read(word))) for word in words)
        self._words = [(word, syllables) for word, syllables in spoken if len(word) >= _SHORTEST and all(syllables)]

    def spans(self, text: str, syllables: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where the text, read as `syllables`, sounds like one of the words, give or take a few steps: one for a word
        of two syllables, two for three, three for longer ones.

        A step is a third tone for a second, or the other way round (other tones are two steps apart), or a consonant or
        vowel for another that callers from the south or the recogniser take for it: zi for zhi, l for n, hu for f, in
        for ing, he for huo.
        """
        for word, wanted in self._words:
            for begin in range(len(text) - len(word) + 1):
                end = begin + len(word)
                if _sounds(wanted, word, syllables[begin:end], text[begin:end]):
                    yield begin, end


def _sounds(wanted: Sequence[str], word: str, heard: Sequence[str], written: str) -> bool:
    left = min(len(word) - 1, _MOST_STEPS)
    for one, mine, other, theirs in zip(wanted, word, heard, written, strict=True):
        if mine != theirs:  # a character that is written right may still have been given its other reading
            left -= steps_between(one, other)
            if left < 0:
                return False
    return True


@cache
def steps_between(one: str, other: str) -> int:
    """How far two syllables are apart."""
    if one == other:
        return 0
    (initial, final, tone), (another, ending, rise) = _parts(one), _parts(other)
    if not one or not other:
        return _FAR
    steps = 0 if tone == rise else 1 if {tone, rise} == _RISING else 2
    if {initial, another} == {"f", "h"}:
        after_f, after_h = (final, ending) if initial == "f" else (ending, final)
        return steps + 1 if after_h == _F_AS_H.get(after_f, f"u{after_f}") else _FAR
    return steps + _apart(initial, another) + _apart(final, ending)


def _apart(one: str, other: str) -> int:
    return 0 if one == other else 1 if frozenset((one, other)) in _CONFUSED else _FAR


def _parts(syllable: str) -> tuple[str, str, str]:
    """Initial, final and tone: y and w are only how i and u are spelt at the beginning."""
    found = _SYLLABLE.fullmatch(syllable)
    assert found is not None
    initial, final, tone = found["initial"], found["final"], found["tone"]
    vowel = {"y": "i", "w": "u"}.get(initial, "")
    return ("", final if final.startswith(vowel) else vowel + final, tone) if vowel else (initial, final, tone)
