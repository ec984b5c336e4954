"""The small language in which an office describes sentences of one sense: words, their classes, how far apart.

`[person] [hurt]`       a word of each class, in this order, at most six words or characters between them
`[body] + 断`           the second directly after the first
`[fall] ... [unmoving]` up to twenty between them
`[knife] & [threat]`    in any order, up to twenty between them
`被|俾 [hurt]`          one of several words that have no class of their own
`[person] [gone] ![goods]`  no word of that class anywhere in the same sentence

A Chinese character counts as a word; others are words as they are written between blanks. Between what stands apart
there may be commas, but no full stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.contract.faults import Refused
from backend.contract.message import Message

NEAR: Final = 6
FAR: Final = 20
_REACHES: Final = {"+": 0, "...": FAR}
_ELEMENT: Final = re.compile(r"\[(?P<name>[^\[\]!&+|]+)\]|(?P<words>[^\[\]!&+]+)")


@dataclass(frozen=True)
class Element:
    """A word of a class, or one of some words."""

    name: str = ""
    """Of the class; empty where the words stand there themselves."""
    words: tuple[str, ...] = ()
    reach: int = NEAR
    """Most words or characters between the element before and this one; of the first of a row nothing."""


@dataclass(frozen=True)
class Pattern:
    rows: tuple[tuple[Element, ...], ...]
    """Each in its order; of several each may come first, with at most `FAR` between them."""
    without: tuple[str, ...] = ()
    """Classes none of whose words stands in the sentence."""

    def names(self) -> tuple[str, ...]:
        """Every class that is named."""
        return (*(one.name for row in self.rows for one in row if one.name), *self.without)


def parse_pattern(text: str) -> Pattern:
    """Raises Refused for what is none, saying what is wrong."""
    parts = [part.split() for part in f" {text} ".split(" & ")]
    without = tuple(name for part in parts for sign in part if (name := _barred(sign)))
    rows = tuple(_row(text, [sign for sign in part if not _barred(sign)]) for part in parts)
    return Pattern(rows, without)


def _row(text: str, signs: Sequence[str]) -> tuple[Element, ...]:
    row: list[Element] = []
    reach = NEAR
    for sign in signs:
        found = _ELEMENT.fullmatch(sign)
        if sign in _REACHES and row and reach == NEAR:
            reach = _REACHES[sign]
        elif found is not None and sign not in _REACHES:
            words = tuple(filter(None, (found["words"] or "").replace("_", " ").split("|")))
            row.append(Element(found["name"] or "", words, reach))
            reach = NEAR
        else:
            raise _refused(text, sign)
    if not row or reach != NEAR:
        raise _refused(text, signs[-1] if signs else "&")
    return tuple(row)


def _barred(sign: str) -> str:
    """The class that must not be there."""
    found = _ELEMENT.fullmatch(sign[1:]) if sign.startswith("!") else None
    return (found["name"] or "") if found is not None else ""


def _refused(text: str, sign: str) -> Refused:
    return Refused(Message("policy.pattern", {"pattern": text, "sign": sign}))
