"""Whether two requests are probably one matter: the machine proposes it, and a person decides."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from backend.contract.words import Kind
from backend.rules.policy.same_matter import SameMatter

_METRES_A_DEGREE = 111_195.0
"""Of latitude, on a sphere of the earth's mean radius."""
_NOT_WORD = re.compile(r"[\W_]+")
_SHORTEST_ADDRESS = 4
"""Characters from which an address that ends another names one place: 建设路18号 of 城东区建设路18号."""


@dataclass(frozen=True)
class Matter:
    """What of a request tells which matter it is."""

    kind: Kind
    scenario: str
    words: str
    """Title and story."""
    district: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def has_place(self) -> bool:
        return self.address is not None or self.latitude is not None


def is_same(one: Matter, other: Matter, rules: SameMatter, *, of_one_person: bool) -> bool:
    """Whether to propose it. Where neither names a place, only one person's requests are proposed as one: of others'
    nothing says that they are about the same thing.
    """
    if one.scenario != other.scenario or one.kind in rules.never or other.kind in rules.never:
        return False
    here = _same_place(one, other, rules.metres) or (of_one_person and not one.has_place and not other.has_place)
    return here and _likeness(one.words, other.words) >= rules.alike


def _same_place(one: Matter, other: Matter, metres: int) -> bool:
    distance = _distance(one, other)
    if distance is not None:
        return distance <= metres
    here, there = _folded(one.address or ""), _folded(other.address or "")
    if not here or not there or (one.district and other.district and one.district != other.district):
        return False
    shorter, longer = sorted((here, there), key=len)
    return shorter == longer or (len(shorter) >= _SHORTEST_ADDRESS and longer.endswith(shorter))


def _distance(one: Matter, other: Matter) -> float | None:
    """Metres between two points, on the flat: right for the few hundred that are asked about."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return math.hypot(north, east) * _METRES_A_DEGREE


def _likeness(one: str, other: str) -> float:
    """Share of the shorter text's pairs of characters that the other has."""
    fewer, more = sorted((_pairs(one), _pairs(other)), key=len)
    return len(fewer & more) / len(fewer) if fewer else 0.0


def _pairs(text: str) -> set[str]:
    folded = _folded(text)
    return {folded[at : at + 2] for at in range(len(folded) - 1)}


def _folded(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()
