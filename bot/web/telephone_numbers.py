"""The telephone numbers that the city itself names, which a phone may offer to dial; never what people typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from backend.contract.models.organisation import CityOut

HOTLINE = "12345"
_SERVICE = re.compile(r"(?<![\d.\-])(?:1[12]\d|12\d{3}|9[56]\d{3})(?![\d.\-])", re.ASCII)
"""Emergency and service numbers (工信部《电信网编号计划》2017, short codes)."""
_DIALLED = re.compile(r"拨打?[^。\n]{0,4}?$|热线[^。\n]{0,2}?$|\bcall(?:ed)? $|\bhotline $", re.IGNORECASE)
"""What stands before a number that is to be dialled."""


def own_numbers(city: CityOut, texts: Iterable[str] = ()) -> frozenset[str]:
    """The hotline's, those of the city's emergencies, and those that its own texts say to dial."""
    named = {
        found[0]
        for text in texts
        for found in _SERVICE.finditer(text)
        if _DIALLED.search(text[max(0, found.start() - 12) : found.start()])
    }
    return frozenset({HOTLINE, *(one.number for one in city.emergencies), *named})


def dialable(text: str, numbers: Iterable[str]) -> Markup:
    """A text of ours as HTML, in which these numbers are links."""
    known = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    parts = re.split(rf"(?<![\d\-])({known})(?![\d\-])", text)
    return Markup("").join(_link(one) if place % 2 else escape(one) for place, one in enumerate(parts))


def _link(number: str) -> Markup:
    return Markup('<a href="tel:{0}">{0}</a>').format(number)
