"""Two requests are proposed as one matter by scenario, place and words, and never by less."""

import dataclasses

import pytest

from backend.contract.words import Kind
from backend.rules.policy.same_matter import SameMatter
from backend.rules.same_matter import Matter, is_same

RULES = SameMatter()
ONE = Matter(
    Kind.HELP, "power-cut", "供电：反复停电 车间老是跳闸，机器开不了", "chengdong", "建设路18号", 23.55, 116.37
)


def like(**changes: object) -> Matter:
    return dataclasses.replace(ONE, **changes)  # type: ignore[arg-type]


def same(other: Matter, *, one: Matter = ONE, of_one_person: bool = True) -> bool:
    return is_same(one, other, RULES, of_one_person=of_one_person)


def test_scenario_place_and_words_make_one_matter() -> None:
    assert same(like(words="供电：反复停电 又跳闸了，开不了机器"))


@pytest.mark.parametrize(
    "changes",
    [
        {"scenario": "gas-fee"},
        {"words": "门口的路灯不亮"},
        {"latitude": 23.56},
        {"kind": Kind.CONSULTATION},
        {"kind": Kind.REPORT},
    ],
)
def test_where_one_of_them_differs_it_is_another(changes: dict[str, object]) -> None:
    assert not same(like(**changes))


@pytest.mark.parametrize(("metres", "near"), [(290, True), (310, False)])
def test_places_within_300_metres_are_one(metres: int, near: bool) -> None:
    assert same(like(latitude=23.55 + metres / 111_195)) is near


@pytest.mark.parametrize(
    ("address", "is_one"), [("城东区建设路18号", True), ("建设路 18 号", True), ("建设路8号", False), (None, False)]
)
def test_without_points_the_address_decides(address: str | None, is_one: bool) -> None:
    one = like(latitude=None, longitude=None)
    assert same(like(address=address, latitude=None, longitude=None), one=one) is is_one


def test_the_same_street_of_another_district_is_another_place() -> None:
    one = like(latitude=None, longitude=None)
    assert not same(like(district="xingang", latitude=None, longitude=None), one=one)


@pytest.mark.parametrize("of_one_person", [True, False])
def test_requests_without_any_place_are_one_only_of_one_person(of_one_person: bool) -> None:
    one = like(address=None, latitude=None, longitude=None)
    assert same(one, one=one, of_one_person=of_one_person) is of_one_person
