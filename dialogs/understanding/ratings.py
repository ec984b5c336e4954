"""Reads a grade, and whether a matter is solved, in people's own words; the patterns stand in ratings.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from backend.contract.words import Grade
from backend.contract.yaml_source import read_source
from dialogs.fields.typed import fold
from dialogs.understanding.intent import Intent, Wish

_LONGEST = 80
"""Characters; what is longer tells more than a grade."""


@dataclass(frozen=True)
class _Patterns:
    grades: tuple[tuple[Grade, re.Pattern[str]], ...]
    solved: tuple[tuple[bool | None, re.Pattern[str]], ...]
    explicit: re.Pattern[str]


def read_rating(plain: str) -> Intent | None:
    """The grade that was given, and whether it is solved, if that was said; None where no grade is in it."""
    said = _words(plain)
    grade = next((grade for grade, words in _patterns().grades if words.search(said)), None)
    solved = _solved(said)
    if len(said) > _LONGEST or (grade is None and solved is None):
        return None
    if grade is None:
        # Who is not helped is not satisfied; who is may still find that it took long.
        return Intent(Wish.RATE, grade="" if solved else Grade.DISSATISFIED, solved=solved)
    if solved is False and grade is Grade.SATISFIED and _patterns().grades[0][1].search(said) is None:
        return Intent(Wish.RATE, sure=False, grade=Grade.DISSATISFIED, solved=False)
    return Intent(Wish.RATE, grade=grade, solved=solved)


def says_grade(plain: str) -> bool:
    """Whether a grade, or whether it is solved, is said in as many words: 谢谢 may be only politeness."""
    return _patterns().explicit.search(_words(plain)) is not None


def read_solved(plain: str) -> bool | None:
    """Whether it is solved; None where that is not said, or only half."""
    said = _words(plain)
    return _solved(said) if len(said) <= _LONGEST else None


def leaves_open(plain: str) -> bool:
    """Whether it is said to be solved in part, or not known."""
    return _patterns().solved[0][1].search(_words(plain)) is not None


def _solved(said: str) -> bool | None:
    return next((solved for solved, words in _patterns().solved if words.search(said)), None)


def _words(plain: str) -> str:
    """Folded, with the signs that are grades."""
    signs = "".join(sign for sign in plain if sign in "👍👎👌😊🙏😡😠")
    return f"{fold(plain)}{signs}"


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    data = read_source(Path(__file__).with_name("ratings.yaml")).data
    says = {"yes": True, "no": False}
    return _Patterns(
        tuple((Grade(grade), re.compile(words)) for grade, words in data["grades"]),
        tuple((says.get(said), re.compile(words)) for said, words in data["solved"]),
        re.compile(data["explicit"]),
    )
