"""What Chinese words sound like: finds a word where a recogniser has written others of the same sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

Read = Callable[[str], Sequence[str]]
"""Gives each character's syllable with its tone, `zhao2`; '' for what is no Chinese character."""

_SHORTEST = 2
"""Syllables: single ones sound like a great many words."""
_MOST_NEAR = 1
"""Syllables of a word that may be heard in the other tone."""
_CONFUSED = frozenset("23")
"""Tones that are taken for each other: the third rises before another third, and is like the second then."""


class SoundOf:
    """The sound of some words, to be found in texts."""

    def __init__(self, words: Iterable[str], read: Read) -> None:
        """Words in other scripts, or of one character, are left out: they are found as they are written, or not."""
        spoken = ((word, tuple(read(word))) for word in words)
        self._words = [(word, syllables) for word, syllables in spoken if len(word) >= _SHORTEST and all(syllables)]

    def spans(self, text: str, syllables: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where the text, read as `syllables`, sounds like one of the words: all syllables the same, all but one in the
        same tone, and that one in the second where it should be the third, or the other way round.
        """
        for word, wanted in self._words:
            for begin in range(len(text) - len(word) + 1):
                end = begin + len(word)
                if _sounds(wanted, word, syllables[begin:end], text[begin:end]):
                    yield begin, end


def _sounds(wanted: Sequence[str], word: str, heard: Sequence[str], written: str) -> bool:
    near = 0
    for one, mine, other, theirs in zip(wanted, word, heard, written, strict=True):
        if mine == theirs or one == other:
            continue  # a character that is written right may still have been given its other reading
        near += 1
        if not (other and one[:-1] == other[:-1] and {one[-1], other[-1]} == _CONFUSED and near <= _MOST_NEAR):
            return False
    return True
