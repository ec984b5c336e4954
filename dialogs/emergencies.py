"""Emergencies in what a person writes, recognised by the words of the city's policy: the number is told at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogs.message import Localized

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
    negated: re.Pattern[str]
    exceptions: re.Pattern[str]


class Emergencies:
    """The rules of `CityOut.emergencies`: each has `id`, `number`, `name`, `words`, and may have `negations`,
    `fillers` (what may stand between a negation and the word) and `exceptions` (harmless words that hold one)."""

    def __init__(self, rules: Sequence[Mapping[str, Any]]) -> None:
        self._rules = tuple(_rule(rule) for rule in rules)

    def found_in(self, text: str) -> tuple[Emergency, ...]:
        """Each rule the text meets, in the policy's order, one for each number. In doubt it counts: a needless hint
        costs a line, a missed fire costs more.
        """
        plain = _normal(text)
        met = [rule.emergency for rule in self._rules if _meets(rule, plain)]
        return tuple({emergency.number: emergency for emergency in reversed(met)}.values())[::-1]


def _meets(rule: _Rule, text: str) -> bool:
    masked = rule.exceptions.sub(lambda found: "\x00" * len(found[0]), text)
    return any(
        not rule.negated.search(masked[max(0, found.start() - _REACH) : found.start()])
        for found in rule.words.finditer(masked)
    )


def _rule(raw: Mapping[str, Any]) -> _Rule:
    name = raw.get("name") or {}
    texts = {tag.split("_")[0]: text for tag, text in name.items()} if isinstance(name, dict) else {"zh": str(name)}
    number = str(raw["number"])
    emergency = Emergency(str(raw.get("id", number)), number, Localized({"zh": number, **texts}))
    negated = rf"(?:{_either(raw.get('negations', ()))})(?:\s*(?:{_either(raw.get('fillers', ()))}))*\s*\Z"
    return _Rule(
        emergency,
        re.compile(_either(raw["words"])),
        re.compile(negated),
        re.compile(_either(raw.get("exceptions", ()))),
    )


def _either(words: Iterable[str]) -> str:
    """The words as alternatives, longest first; Latin ones only as whole words. Nothing matches an empty list."""
    ordered = sorted({_normal(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(_whole(word) for word in ordered) or r"(?!)"


def _whole(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def _normal(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", text).casefold())
