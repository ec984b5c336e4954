"""Reads a postal address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from dialogs.fields import jio
from dialogs.fields.dialect import standard
from dialogs.fields.district import DistrictNode, Match, matching
from dialogs.fields.outcome import Outcome, Parser, Understood, problem
from dialogs.fields.text import cleaned
from dialogs.fields.typed import fold

_WIDER = re.compile("省|市|自治|特别行政区")
"""What names of provinces and cities hold."""
_NOWHERE = re.compile(
    "(?:就|是|在|你|猜|我们?|这里|这儿?|这边|那边?|里|老地方|地方|的|啊|呀|呗|right|here|my|place| )+"
)
"""What points somewhere and names nothing."""
_TOWN = re.compile("^([一-鿿]{2,6}?(?:街道|镇|乡))")


@dataclass(frozen=True)
class Address(Parser):
    """Where somebody can be found.

    The value: `text`, and `county`, `town`, `district` (an id of the tree), each empty if unknown.
    """

    districts: tuple[DistrictNode, ...] = ()
    min_detail: int = 2
    """Letters and digits wanted beyond province, city, county and town."""
    max_chars: int = 200

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        line = re.sub(r"\s*\n\s*", " ", cleaned(text))
        if not any(character.isalpha() for character in line) or _NOWHERE.fullmatch(fold(standard(line))):
            return problem("field.address.not_understood")
        if len(line) > self.max_chars:
            return problem("field.address.too_long", max=self.max_chars, over=len(line) - self.max_chars)
        place = self._place(line)
        town = place.town or _town(place.detail)
        found = matching(self.districts, line)
        match = found[0] if len(found) == 1 else None
        if len(self._detail(place, town, match)) < self.min_detail:
            return problem("field.address.vague")
        return Understood({"text": line, **_districts(place, town, match)}, line)

    def _place(self, line: str) -> jio.Place:
        """The gazetteer takes some 15 ms: within the office's own districts it is asked only about wider names."""
        if self.districts and not _WIDER.search(line):
            return jio.Place("", "", "", "", line)
        return jio.place(line)

    def _detail(self, place: jio.Place, town: str, match: Match | None) -> str:
        known = [town, place.county]
        if match:
            known.extend(name for node in match.path for name in node.names)
        detail = place.detail
        for name in sorted(filter(None, known), key=len, reverse=True):
            detail = detail.replace(name, "")
        return fold(detail).replace(" ", "")


def _districts(place: jio.Place, town: str, match: Match | None) -> dict[str, str]:
    """The office's own tree knows its districts best; the gazetteer serves elsewhere."""
    if match is None:
        return {"county": place.county, "town": town, "district": ""}
    below = match.path[1].names[0] if len(match.path) > 1 else town
    return {"county": match.path[0].names[0], "town": below, "district": match.node.id}


def _town(detail: str) -> str:
    found = _TOWN.match(detail)
    return found[1] if found else ""
