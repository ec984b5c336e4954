"""Finds the words of many classes in a text: as they are written, spelt in pinyin, or by what sounds like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from dialogs.sound import Read, steps_between
from dialogs.understanding.emergencies.words import NONE, Cut, cut

_MOST_STEPS: Final = 3
"""Between a word and what a recogniser wrote for it. A shorter word has one less than syllables."""
_APART: Final = (1, 2)
_SHORTEST: Final = 2
"""Syllables of a word that is known by its sound."""


@dataclass(frozen=True, order=True)
class Hit:
    """A word of a class: from the word `begin` of the text up to before `end`."""

    begin: int
    end: int
    name: str = field(compare=False)
    """Of the class."""
    by_sound: bool = False


@dataclass
class _Node:
    names: list[str] = field(default_factory=list)
    """Classes with a word that ends here."""
    after: dict[str, _Node] = field(default_factory=dict)


class Vocabulary:
    """The words of classes, in trees: whoever reads a text goes through it once for all of them."""

    def __init__(
        self, classes: Mapping[str, Sequence[str]], by_sound: Callable[[str, str], bool], read: Read, *, heard: bool
    ) -> None:
        """`by_sound`: whether a word of a class counts by its sound too. `heard`: a recogniser writes, which mistakes
        more than who types: one syllable for another that sounds much like it, and every character.
        """
        self._classes, self._by_sound, self._read, self._heard = classes, by_sound, read, heard
        self._written = _Node()
        for name, words in classes.items():
            for word in words:
                _plant(self._written, cut(word).words if not cut(word).is_pinyin else word.split(), name)

    def hits(self, text: Cut) -> list[Hit]:
        if text.is_pinyin:
            return [*self._written_hits(text), *self._spelt_hits(text)]
        written = self._written_hits(text)
        if not any(len(word) == 1 and not word.isascii() for word in text.words):
            return written
        return [*written, *self._sounding_hits(text, {(hit.begin, hit.end, hit.name) for hit in written})]

    def warm_up(self) -> None:
        """Load what reading by sound needs: half a second."""
        _ = self._sounds

    def _written_hits(self, text: Cut) -> list[Hit]:
        found: list[Hit] = []
        words, breaks, count = text.words, text.breaks, len(text.words)
        for begin in range(count):
            node = self._written.after.get(words[begin])
            end = begin + 1
            while node is not None:
                found += [Hit(begin, end, name) for name in node.names]
                if end == count or breaks[end] != NONE:
                    break
                node = node.after.get(words[end])
                end += 1
        return found

    # --- by sound -------------------------------------------------------------------------------------------------

    @cached_property
    def _sounds(self) -> _Sounds:
        return _Sounds(self._classes, self._by_sound, self._read, heard=self._heard)

    def _spelt_hits(self, text: Cut) -> list[Hit]:
        """Every class counts: pinyin has no other way to name its persons and places."""
        return list(self._walk(self._sounds.spelt, text, lambda at: ((text.words[at], 0),), lambda _: 0))

    def _sounding_hits(self, text: Cut, known: set[tuple[int, int, str]]) -> Iterator[Hit]:
        if not self._heard and not self._sounds.may_have_slips(text.words):
            return
        joined = "".join(word if len(word) == 1 else "," for word in text.words)
        syllables = self._read(joined)
        near = self._sounds.near
        options = [
            near(word, syllable) if syllable else () for word, syllable in zip(text.words, syllables, strict=True)
        ]
        most = _heard_steps if self._heard else _typed_slips
        for hit in self._walk(self._sounds.characters, text, options.__getitem__, most):
            if (hit.begin, hit.end, hit.name) not in known:
                yield hit

    @staticmethod
    def _walk(
        root: _Node, text: Cut, options: Callable[[int], Sequence[tuple[str, int]]], most: Callable[[int], int]
    ) -> Iterator[Hit]:
        """Ways through the tree that cost no more than a word of that length may."""
        count, breaks = len(text.words), text.breaks
        for begin in range(count):
            ways = [(root, 0)]
            for end in range(begin, count):
                if end > begin and breaks[end] != NONE:
                    break
                ways = [
                    (node, cost + more)
                    for before, cost in ways
                    for sound, more in options(end)
                    if (node := before.after.get(sound)) is not None and cost + more <= _MOST_STEPS
                ]
                if not ways:
                    break
                length = end + 1 - begin
                for node, cost in ways:
                    if node.names and cost <= most(length):
                        for name in node.names:
                            yield Hit(begin, end + 1, name, by_sound=True)


def _heard_steps(length: int) -> int:
    return min(length - 1, _MOST_STEPS)


def _typed_slips(length: int) -> int:
    """Characters that may be others of the same sound: who types 找火了 or 昏弥不醒 has the rest right."""
    return length // 3


class _Sounds:
    """The words by their sound. Of what counts by it, none of one syllable: they sound like too many."""

    def __init__(
        self, classes: Mapping[str, Sequence[str]], by_sound: Callable[[str, str], bool], read: Read, *, heard: bool
    ) -> None:
        self.spelt, self.characters = _Node(), _Node()
        self._heard = heard
        self._characters: dict[str, set[str]] = {}
        """By syllable, as steps in the tree: each with the syllable it has in its word."""
        self._spellings: dict[str, list[str]] = {}
        """Of each character, the steps that it is."""
        self._near: dict[str, dict[str, int]] = {}
        """By syllable."""
        self._pairs: set[tuple[str, str, int]] = set()
        """Characters of the words that are neighbours, or next but one, with how far they are apart."""
        for name, words in classes.items():
            for word in words:
                syllables = tuple(read(word))
                if not all(syllables):
                    continue
                if len(word) >= _SHORTEST or name.startswith("@") or not by_sound(name, ""):
                    _plant(self.spelt, [_bare(one) for one in syllables], name)
                if len(word) >= _SHORTEST and by_sound(name, word):
                    self._keep(word, syllables, name)

    def may_have_slips(self, written: Sequence[str]) -> bool:
        """Whether any word may stand there with slips of who types: of three characters two are right, so two that are
        no further apart than that are. Most texts have none, and need not be read by sound.
        """
        return any(
            (one, other, apart) in self._pairs
            for apart in _APART
            for one, other in zip(written, written[apart:], strict=False)
        )

    def _keep(self, word: str, syllables: Sequence[str], name: str) -> None:
        self._pairs |= {(one, other, apart) for apart in _APART for one, other in zip(word, word[apart:], strict=False)}
        _plant(self.characters, list(map(str.__add__, word, syllables)), name)
        for character, syllable in zip(word, syllables, strict=True):
            step = character + syllable
            if step not in (spelt := self._spellings.setdefault(character, [])):
                spelt.append(step)
            self._characters.setdefault(syllable, set()).add(step)

    def near(self, written: str, syllable: str) -> Sequence[tuple[str, int]]:
        """Characters of the words that this may stand for, each with its cost; one that is written right has none."""
        found = self._near.get(syllable)
        if found is None:
            cost = steps_between if self._heard else _slips_between
            costs = ((one, cost(one, syllable)) for one in self._characters)
            found = {step: steps for one, steps in costs if steps <= _MOST_STEPS for step in self._characters[one]}
            self._near[syllable] = found
        right = self._spellings.get(written, ())
        return tuple((found | dict.fromkeys(right, 0)).items()) if right else tuple(found.items())


def _slips_between(one: str, other: str) -> int:
    """Who types has chosen another character of the same sound, whatever its tone, or not."""
    return 1 if _bare(one) == _bare(other) else _MOST_STEPS + 1


def _bare(syllable: str) -> str:
    return syllable.rstrip("12345")


def _plant(root: _Node, steps: Sequence[str], name: str) -> None:
    node = root
    for step in steps:
        node = node.after.setdefault(step, _Node())
    if name not in node.names:
        node.names.append(name)
