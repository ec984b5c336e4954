"""Reads a point on the map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from dialogs.fields.outcome import Outcome, Parser, Understood, problem
from dialogs.fields.text import cleaned
from dialogs.fields.typed import narrow

_PAIR = re.compile(
    r"(?<![\d.])(?P<ns>[ns北南]纬?)?\s*(?P<first>-?\d{1,3}(?:\.\d{1,12})?)°?\s*(?P<after>[nsew](?![a-z]))?"
    r"[\s,，;；/]+(?P<ew>[ew东西]经?)?\s*(?P<second>-?\d{1,3}(?:\.\d{1,12})?)°?(?P<last>\s*[nsew](?![a-z]))?(?![\d.])",
    re.ASCII,
)


@dataclass(frozen=True)
class Bounds:
    """A box in degrees within which a place is believable; it does not cross the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True)
class Location(Parser):
    """A location shared by the messenger, or coordinates typed in degrees (WGS 84), latitude first."""

    bounds: Bounds | None = None

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        found = _PAIR.search(narrow(text))
        if not found or "." not in found["first"] + found["second"]:
            return problem("field.location.not_understood")
        lat, lon = float(found["first"]), float(found["second"])
        # Chinese map services copy longitude first; which is which shows where only one order is possible.
        if self._swapped(lat, lon):
            lat, lon = lon, lat
        return self.accept(lat, lon)

    def accept(self, lat: float, lon: float, label: str = "") -> Outcome:
        """Take a location in degrees, with the name of the place if there is one."""
        if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
            return problem("field.location.impossible")
        if self.bounds and not self.bounds.contains(lat, lon):
            return problem("field.location.outside")
        name = cleaned(label)[:200]
        shown = name or f"{lat:.5f}, {lon:.5f}"
        return Understood({"lat": round(lat, 6), "lon": round(lon, 6), "label": name}, shown)

    def _swapped(self, lat: float, lon: float) -> bool:
        if abs(lat) > 90:
            return abs(lon) <= 90
        return bool(self.bounds and not self.bounds.contains(lat, lon) and self.bounds.contains(lon, lat))
