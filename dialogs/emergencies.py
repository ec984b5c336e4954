"""Emergencies in what a person writes or says, by the words of the city's policy: the number is told at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.contract.message import Localized
from backend.contract.models.organisation import EmergencyOut
from dialogs.fields.traditional import simplified
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
    """The rules of `CityOut.emergencies`."""

    def __init__(self, rules: Sequence[EmergencyOut], read: Read | None = None) -> None:
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


def _rule(rule: EmergencyOut, read: Read | None) -> _Rule:
    texts = {tag.split("_")[0]: text for tag, text in rule.name.items()}
    emergency = Emergency(rule.id, rule.number, Localized({"zh": rule.number, **texts}))
    words = re.compile(_either(rule.words))
    negated = rf"(?:{_either(rule.negations)})(?:\s*(?:{_either(rule.fillers)}))*\s*\Z"
    return _Rule(
        emergency,
        words,
        SoundOf(sorted({_normal(word) for word in rule.words}), read) if read is not None else None,
        re.compile(negated),
        re.compile(_either(word for word in rule.exceptions if words.search(_normal(word)))),
        re.compile(_either(rule.exceptions)),
    )


def _either(words: Iterable[str]) -> str:
    """The words as alternatives, longest first; Latin ones only as whole words. Nothing matches an empty list."""
    ordered = sorted({_normal(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(_whole(word) for word in ordered) or r"(?!)"


def _whole(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def _normal(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", simplified(unicodedata.normalize("NFKC", text)).casefold())
