"""The duty list 职责清单: which units a scenario in a district belongs to, and by which rule that was found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_SUGGESTIONS = 5


class DutyRule(StrEnum):
    """How an answer was found; also a message key."""

    EXACT_DISTRICT = "duty.exact_district"
    WIDER_DISTRICT = "duty.wider_district"
    CITYWIDE = "duty.citywide"
    TIE = "duty.tie"
    NONE = "duty.none"


@dataclass(frozen=True, slots=True)
class DutyEntry:
    id: int
    scenario: str
    district: str | None
    """None for the whole city."""
    lead: str
    assists: tuple[str, ...]
    legal_basis: str
    valid_from: date
    valid_to: date | None
    """Last day it holds; None for no end."""
    version: int

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class DutyMatch:
    lead: str
    assists: tuple[str, ...]
    entry: DutyEntry
    rule: DutyRule


@dataclass(frozen=True, slots=True)
class NoMatch:
    """A person must dispatch; `suggestions` are the entries nearest to it, best first."""

    suggestions: tuple[DutyEntry, ...]
    rule: DutyRule


def match(
    entries: Sequence[DutyEntry],
    scenario: str,
    district_path: tuple[str, ...],
    today: date,
    related: Collection[str] = (),
) -> DutyMatch | NoMatch:
    """The units for `scenario` at a place.

    `district_path` runs from the widest to the narrowest district (county, township, village). The narrowest entry
    wins, then the newest version. Two newest entries that name different units are left to a person, not to a wider
    entry. `related` are scenarios of the same category, for suggestions only.
    """
    valid = [entry for entry in entries if entry.holds_on(today)]
    own = [entry for entry in valid if entry.scenario == scenario]
    for district in (*reversed(district_path), None):
        newest = _newest([entry for entry in own if entry.district == district])
        if not newest:
            continue
        if len({(entry.lead, frozenset(entry.assists)) for entry in newest}) > 1:
            return NoMatch(tuple(newest), DutyRule.TIE)
        return DutyMatch(newest[0].lead, newest[0].assists, newest[0], _rule(district, district_path))
    return NoMatch(_suggestions(valid, scenario, district_path, related), DutyRule.NONE)


def _newest(entries: Sequence[DutyEntry]) -> list[DutyEntry]:
    top = max((entry.version for entry in entries), default=0)
    return sorted((entry for entry in entries if entry.version == top), key=lambda entry: entry.id)


def _rule(district: str | None, district_path: tuple[str, ...]) -> DutyRule:
    if district is None:
        return DutyRule.CITYWIDE
    return DutyRule.EXACT_DISTRICT if district == district_path[-1] else DutyRule.WIDER_DISTRICT


def _suggestions(
    valid: Sequence[DutyEntry], scenario: str, district_path: tuple[str, ...], related: Collection[str]
) -> tuple[DutyEntry, ...]:
    """Entries of the same scenario elsewhere, then of the same category, the ones near the place first."""
    category = scenario.partition("-")[0]

    def likeness(entry: DutyEntry) -> int | None:
        if entry.scenario == scenario:
            return 0
        return 1 if entry.scenario in related or entry.scenario.partition("-")[0] == category else None

    near = {district: depth for depth, district in enumerate((None, *district_path))}
    scored = [
        (like, -near.get(entry.district, -1), -entry.version, entry.id, entry)
        for entry in valid
        if (like := likeness(entry)) is not None
    ]
    return tuple(row[-1] for row in sorted(scored, key=lambda row: row[:-1])[:MOST_SUGGESTIONS])
