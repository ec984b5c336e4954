"""Emergencies in free text: recognised by the policy's words, so that the person is told the right number at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .policy import Emergencies, EmergencyRule

_REACH = 30  # characters before a word in which its negation is looked for
_MASK = "\x00"  # stands for one character of a harmless word; matches nothing


@dataclass(frozen=True, slots=True)
class Emergency:
    rule: str
    """Id of the policy's rule."""
    number: str
    """To call."""
    word: str
    """What it was recognised by, as it stands in the policy."""


def recognise(text: str, emergencies: Emergencies) -> tuple[Emergency, ...]:
    """Each rule that the text meets, once, in the policy's order; empty for an ordinary text.

    A word does not count inside a harmless one (火灾保险) or after a negation (没有发生火灾). In doubt it counts: a
    needless hint costs a line, a missed fire costs more.
    """
    matcher = _matcher(_Words(emergencies.negations, emergencies.fillers, emergencies.exceptions))
    plain = matcher.without_exceptions(_normal(text))
    found = ((rule, matcher.first(plain, rule)) for rule in emergencies.rules)
    return tuple(Emergency(rule.id, rule.number, word) for rule, word in found if word is not None)


@dataclass(frozen=True, slots=True)
class _Words:
    negations: tuple[str, ...]
    fillers: tuple[str, ...]
    exceptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Matcher:
    exceptions: re.Pattern[str]
    negated: re.Pattern[str]

    def without_exceptions(self, text: str) -> str:
        return self.exceptions.sub(lambda found: _MASK * len(found[0]), text)

    def first(self, text: str, rule: EmergencyRule) -> str | None:
        """The rule's first word that stands in the text unnegated."""
        for word in rule.words:
            for found in _pattern((word,)).finditer(text):
                if not self.negated.search(text[max(0, found.start() - _REACH) : found.start()]):
                    return word
        return None


@lru_cache(maxsize=16)
def _matcher(words: _Words) -> _Matcher:
    filler = f"(?:{_either(words.fillers)})"
    negated = re.compile(rf"(?:{_either(words.negations)})(?:\s*{filler})*\s*\Z")
    return _Matcher(_pattern(words.exceptions), negated)


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_either(words))


def _either(words: Iterable[str]) -> str:
    """The words as alternatives, longest first; Latin ones only as whole words. Nothing matches an empty list."""
    ordered = sorted({_normal(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(_whole(word) for word in ordered) or r"(?!)"


def _whole(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def _normal(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", text).casefold())
