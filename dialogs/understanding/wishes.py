"""Patterns of how people say what they want of the conversation; the words stand in wishes.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from backend.contract.yaml_source import read_source
from dialogs.fields.typed import fold

_PART = re.compile(r"\{([a-z_]+)\}")
_CLAUSE = re.compile(r"[^\w\s'’]+|\n+|(?<![a-z0-9])\s+|\s+(?![a-z0-9])")
"""What stands between clauses; a blank only beside Chinese."""


class Place(StrEnum):
    """Where something is said, as far as it matters for what it can mean."""

    OUTSIDE = "outside"
    CLOSED = "closed"
    """A question whose answers are known beforehand, or have a shape."""
    WORDS = "words"
    """A question that takes nearly every word for an answer, or an errand that collects them."""
    STORY = "story"
    NAME = "name"
    SUMMARY = "summary"
    GRADE = "grade"
    SOLVED = "solved"
    COMMENT = "comment"


_TAKES_ALL = frozenset({Place.WORDS, Place.STORY, Place.NAME, Place.COMMENT})
_CONDITIONS = ("unless", "unless_not", "need", "not_where")
_MOST_BESIDE = 16
"""Characters beside a wish, where nearly everything may be an answer; Latin ones count a third."""
_LONGEST = 60
"""Characters of a message that is a wish; a longer one tells something."""


@dataclass(frozen=True)
class Rule:
    """How one wish is said."""

    name: str
    places: frozenset[Place]
    whole: re.Pattern[str] | None
    within: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    unless_not: re.Pattern[str] | None
    need: re.Pattern[str] | None
    not_where: re.Pattern[str] | None
    most: int

    def fits(self, heard: Heard, place: Place, asked: str) -> bool:
        """Whether the message says it; `asked` is the wording of the question that stands."""
        if place not in self.places or not self._may_be(heard):
            return False
        if self.not_where is not None and self.not_where.search(asked):
            return False
        beside = self._beside(heard)
        return beside is not None and beside <= min(self.most, _MOST_BESIDE if place in _TAKES_ALL else self.most)

    def _may_be(self, heard: Heard) -> bool:
        if self.need is not None and self.need.search(heard.flat) is None:
            return False
        if self.unless is None or self.unless.search(heard.apart) is None:
            return True
        return self.unless_not is not None and self.unless_not.search(heard.apart) is not None

    def _beside(self, heard: Heard) -> float | None:
        """How much is said besides; None where it is not said at all."""
        said = [self.whole is not None and self.whole.fullmatch(clause) is not None for clause in heard.clauses]
        if any(said):
            return sum(weight(one) for one, is_it in zip(heard.clauses, said, strict=True) if not is_it)
        if self.whole is not None and self.whole.fullmatch(heard.flat):
            return 0
        found = None if self.within is None else self.within.search(heard.flat)
        return None if found is None else weight(heard.flat) - weight(found[0])


@dataclass(frozen=True)
class Heard:
    """One message as rules look at it."""

    flat: str
    """All of it, folded."""
    apart: str
    """The same with a comma between clauses."""
    clauses: tuple[str, ...]
    """Its clauses, folded, without mere courtesy."""


@dataclass(frozen=True)
class Wishes:
    rules: tuple[Rule, ...]
    """The more definite first."""
    courtesy: re.Pattern[str]

    def hear(self, plain: str, folded: str) -> Heard:
        clauses = [folded_part for part in _CLAUSE.split(plain) if (folded_part := fold(part))]
        meant = [one for one in clauses if not self.courtesy.fullmatch(one)]
        return Heard(folded, ",".join(clauses), tuple(meant or clauses))

    def possible(self, place: Place) -> frozenset[str]:
        """Names of the wishes that can be said there at all."""
        return frozenset(rule.name for rule in self.rules if place in rule.places)

    def answers(self, name: str, asked: str) -> bool:
        """Whether words of that wish answer the question: not to be named, where that is asked."""
        return any(rule.name == name and rule.not_where and rule.not_where.search(asked) for rule in self.rules)

    def find(self, heard: Heard, place: Place, asked: str) -> str:
        """The name of the first rule that fits, or nothing."""
        if weight(heard.flat) > _LONGEST:
            return ""
        return next((rule.name for rule in self.rules if rule.fits(heard, place, asked)), "")


@lru_cache(maxsize=1)
def read_wishes() -> Wishes:
    """The patterns shipped beside this module."""
    data = read_source(Path(__file__).with_name("wishes.yaml")).data
    parts = data["parts"]
    around = {one: f"(?:{_filled(data[one], parts)})" for one in ("before", "after")}
    rules = tuple(_rule(name, said, parts, around) for name, said in data["wishes"].items())
    return Wishes(rules, re.compile(_filled(data["courtesy"], parts)))


def _rule(name: str, said: Mapping[str, Any], parts: Mapping[str, str], around: Mapping[str, str]) -> Rule:
    whole, within = (_lines(said.get(one, ""), parts) for one in ("whole", "within"))
    # Few repetitions: words of courtesy overlap, and nothing may take long whatever is sent.
    politely = rf"(?:{around['before']} ?){{0,5}}(?:{whole})(?: ?{around['after']}){{0,4}}"
    places = said.get("places")
    unless, unless_not, need, not_where = (
        re.compile(_filled(said[one], parts)) if one in said else None for one in _CONDITIONS
    )
    return Rule(
        name,
        frozenset(Place) - {Place.COMMENT} if places is None else frozenset(map(Place, places)),
        whole=re.compile(politely) if whole else None,
        within=re.compile(within) if within else None,
        unless=unless,
        unless_not=unless_not,
        need=need,
        not_where=not_where,
        most=said.get("most", _LONGEST),
    )


def _lines(text: str, parts: Mapping[str, str]) -> str:
    return "|".join(f"(?:{_filled(line.strip(), parts)})" for line in text.splitlines() if line.strip())


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    while (filled := _PART.sub(lambda found: parts[found[1]], pattern)) != pattern:
        pattern = filled
    return pattern


def weight(text: str) -> float:
    """Characters; Latin ones count a third."""
    return sum(1 / 3 if character.isascii() else 1 for character in text)
