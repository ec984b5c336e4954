"""The duty list: the narrowest place, the newest version, and what is left to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.rules.duties import MOST_SUGGESTIONS, DutyEntry, DutyMatch, DutyRule, NoMatch, match

TODAY = date(2026, 11, 22)
PATH = ("rongcheng", "dongshan")
CITY = DutyEntry(1, "power-cut", None, "power-bureau", ("city-office",), "", date(2026, 1, 1), None, 1)
COUNTY = replace(CITY, id=2, district="rongcheng", lead="county-power", assists=())
TOWN = replace(CITY, id=3, district="dongshan", lead="town-office", assists=())


@pytest.mark.parametrize(
    ("path", "lead", "rule"),
    [
        (PATH, "town-office", DutyRule.EXACT_DISTRICT),
        (("rongcheng", "xima"), "county-power", DutyRule.WIDER_DISTRICT),
        (("rongcheng",), "county-power", DutyRule.EXACT_DISTRICT),
        (("puning",), "power-bureau", DutyRule.CITYWIDE),
        ((), "power-bureau", DutyRule.CITYWIDE),
    ],
)
def test_narrowest_district_wins(path: tuple[str, ...], lead: str, rule: DutyRule) -> None:
    found = match([CITY, COUNTY, TOWN], "power-cut", path, TODAY)
    assert isinstance(found, DutyMatch)
    assert (found.lead, found.rule) == (lead, rule)


def test_match_names_its_entry_and_assisting_units() -> None:
    assert match([CITY], "power-cut", PATH, TODAY) == DutyMatch(
        "power-bureau", ("city-office",), CITY, DutyRule.CITYWIDE
    )


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds"),
    [
        (TODAY, TODAY, True),
        (date(2026, 11, 23), None, False),
        (date(2026, 1, 1), date(2026, 11, 21), False),
        (date(2026, 1, 1), None, True),
    ],
)
def test_validity_includes_both_ends(valid_from: date, valid_to: date | None, holds: bool) -> None:
    found = match([replace(CITY, valid_from=valid_from, valid_to=valid_to)], "power-cut", PATH, TODAY)
    assert isinstance(found, DutyMatch) is holds


def test_expired_narrow_entry_gives_way_to_the_wider_one() -> None:
    found = match([replace(TOWN, valid_to=date(2026, 11, 21)), CITY], "power-cut", PATH, TODAY)
    assert isinstance(found, DutyMatch)
    assert found.entry is CITY


def test_newest_version_wins() -> None:
    found = match([replace(CITY, id=9, version=2, lead="new-bureau"), CITY], "power-cut", PATH, TODAY)
    assert isinstance(found, DutyMatch)
    assert found.lead == "new-bureau"


def test_tie_is_left_to_a_person_with_both_entries() -> None:
    rival = replace(TOWN, id=8, lead="other-office")
    found = match([rival, TOWN, COUNTY], "power-cut", PATH, TODAY)
    assert found == NoMatch((TOWN, rival), DutyRule.TIE)


def test_entries_that_name_the_same_units_are_no_tie() -> None:
    twin = replace(TOWN, id=8)
    found = match([twin, TOWN], "power-cut", PATH, TODAY)
    assert isinstance(found, DutyMatch)
    assert found.entry is TOWN


def test_unmatched_suggests_same_scenario_then_same_category_near_first() -> None:
    elsewhere = replace(CITY, id=10, district="puning")
    city_fee = replace(CITY, id=11, scenario="power-fee")
    town_fee = replace(CITY, id=12, scenario="power-fee", district="dongshan")
    linked = replace(CITY, id=13, scenario="grid", district="dongshan", version=2)
    stranger = replace(CITY, id=14, scenario="tax")
    expired = replace(city_fee, id=15, valid_to=date(2026, 1, 2))
    entries = [stranger, city_fee, expired, town_fee, linked, elsewhere]
    found = match(entries, "power-cut", PATH, TODAY, related={"grid"})
    assert found == NoMatch((elsewhere, linked, town_fee, city_fee), DutyRule.NONE)


def test_suggestions_are_few_and_may_be_none() -> None:
    many = [replace(CITY, id=number, district="puning") for number in range(20)]
    found = match(many, "power-cut", PATH, TODAY)
    assert isinstance(found, NoMatch)
    assert len(found.suggestions) == MOST_SUGGESTIONS
    assert match([], "power-cut", PATH, TODAY) == NoMatch((), DutyRule.NONE)


def test_a_category_is_what_stands_before_the_first_hyphen() -> None:
    late_fee = replace(CITY, id=16, scenario="power-fee-late")
    found = match([late_fee], "power-cut-night", PATH, TODAY)
    assert found == NoMatch((late_fee,), DutyRule.NONE)
