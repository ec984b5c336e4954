"""Emergencies in what a person writes or says, by the words of the city's policy: the number is told at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.contract.message import Localized
from dialogs.sound import Read, SoundOf

_MASK = "\x00"
"""In place of each character of a harmless word."""
_REACH = 30
"""Characters before a word in which its negation is looked for."""


@dataclass(frozen=True)
class Emergency:
    rule: str
    number: str
    """To call."""
    name: Localized
    """Who answers there."""


@dataclass(frozen=True)
class _Rule:
    emergency: Emergency
    words: re.Pattern[str]
    sound: SoundOf | None
    """Of the words; None where what is written is what was meant."""
    negated: re.Pattern[str]
    holding: re.Pattern[str]
    """Harmless words that hold one of the words."""
    harmless: re.Pattern[str]
    """Those, and others that only sound like one."""


class Emergencies:
    """The rules of `CityOut.emergencies`: each has `id`, `number`, `name`, `words`, and may have `negations`,
    `fillers` (what may stand between a negation and the word) and `exceptions` (harmless words that hold one, or that
    sound like one)."""

    def __init__(self, rules: Sequence[Mapping[str, Any]], read: Read | None = None) -> None:
        """`read`: for texts that a recogniser wrote; words that sound like the city's count there too."""
        self._rules = tuple(_rule(rule, read) for rule in rules)
        self._read = read

    def found_in(self, text: str) -> tuple[Emergency, ...]:
        """Each rule the text meets, in the policy's order, one for each number. In doubt it counts: a needless hint
        costs a line, a missed fire costs more.
        """
        plain = _normal(text)
        syllables = self._read(plain) if self._read is not None else ()
        met = [rule.emergency for rule in self._rules if _meets(rule, plain, syllables)]
        return tuple({emergency.number: emergency for emergency in reversed(met)}.values())[::-1]


def _meets(rule: _Rule, text: str, syllables: Sequence[str]) -> bool:
    plain = _masked(rule.holding, text)
    met = [found.start() for found in rule.words.finditer(plain)]
    if rule.sound is not None:
        known = _masked(rule.harmless, text)
        met += [begin for begin, end in rule.sound.spans(text, syllables) if _MASK not in known[begin:end]]
    return any(not rule.negated.search(plain[max(0, begin - _REACH) : begin]) for begin in met)


def _masked(harmless: re.Pattern[str], text: str) -> str:
    return harmless.sub(lambda found: _MASK * len(found[0]), text)


def _rule(raw: Mapping[str, Any], read: Read | None) -> _Rule:
    name = raw.get("name") or {}
    texts = {tag.split("_")[0]: text for tag, text in name.items()} if isinstance(name, dict) else {"zh": str(name)}
    number = str(raw["number"])
    emergency = Emergency(str(raw.get("id", number)), number, Localized({"zh": number, **texts}))
    words, harmless = re.compile(_either(raw["words"])), tuple(raw.get("exceptions", ()))
    negated = rf"(?:{_either(raw.get('negations', ()))})(?:\s*(?:{_either(raw.get('fillers', ()))}))*\s*\Z"
    return _Rule(
        emergency,
        words,
        SoundOf(sorted({_normal(word) for word in raw["words"]}), read) if read is not None else None,
        re.compile(negated),
        re.compile(_either(word for word in harmless if words.search(_normal(word)))),
        re.compile(_either(harmless)),
    )


def _either(words: Iterable[str]) -> str:
    """The words as alternatives, longest first; Latin ones only as whole words. Nothing matches an empty list."""
    ordered = sorted({_normal(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(_whole(word) for word in ordered) or r"(?!)"


def _whole(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def _normal(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", text).casefold())
