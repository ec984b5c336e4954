"""What an organisation's file must not say, though its form allows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.actions.organisation_entries import DistrictEntry, DutyEntry, Organisation
from backend.contract import uscc
from backend.contract.faults import Place, suggestion
from backend.contract.message import Message
from backend.contract.yaml_source import Checker


def check(read: Organisation, checker: Checker) -> None:
    """What the form alone does not show: doubles, and names that lead nowhere."""
    districts = dict(_places(read.city, ("city",)))
    units: dict[Place, str] = {("departments", at, "code"): one.code for at, one in enumerate(read.departments)}
    staff: dict[Place, str] = {
        ("departments", at, "staff", k, "username"): one.username
        for at, unit in enumerate(read.departments)
        for k, one in enumerate(unit.staff)
    }
    for named in (districts, units, staff):
        _check_doubles(named, checker)
    names = _Names(frozenset(units.values()), frozenset(districts.values()), checker)
    parents = {one.code: one.parent for one in read.departments}
    for at, unit in enumerate(read.departments):
        names.unit(unit.parent, ("departments", at, "parent"))
        names.district(unit.district, ("departments", at, "district"))
        if _is_above_itself(unit.code, parents):
            checker.say(("departments", at, "parent"), Message("city.above_itself", {"code": unit.code}))
    for at, duty in enumerate(read.duties):
        _check_duty(duty, ("duties", at), names)
    for at, enterprise in enumerate(read.enterprises):
        names.district(enterprise.district, ("enterprises", at, "district"))
        if not uscc.is_valid(enterprise.uscc):
            checker.say(("enterprises", at, "uscc"), Message("city.uscc", {"uscc": enterprise.uscc}))


@dataclass(frozen=True)
class _Names:
    """What the file may name."""

    units: frozenset[str]
    districts: frozenset[str]
    checker: Checker

    def unit(self, code: str | None, place: Place) -> None:
        if code is not None and code not in self.units:
            self.checker.say(place, Message("city.no_department", {"code": code}), suggestion(code, self.units))

    def district(self, code: str | None, place: Place) -> None:
        if code is not None and code not in self.districts:
            self.checker.say(place, Message("city.no_district", {"id": code}), suggestion(code, self.districts))


def _check_duty(duty: DutyEntry, place: Place, names: _Names) -> None:
    names.unit(duty.lead, (*place, "lead"))
    for k, assist in enumerate(duty.assists):
        names.unit(assist, (*place, "assists", k))
        if assist in (duty.lead, *duty.assists[:k]):
            names.checker.say((*place, "assists", k), Message("city.assists_twice", {"code": assist}))
    names.district(duty.district, (*place, "district"))
    if duty.valid_to is not None and duty.valid_to < duty.valid_from:
        names.checker.say((*place, "to"), Message("city.ends_early"))


def _check_doubles(named: Mapping[Place, str], checker: Checker) -> None:
    seen: set[str] = set()
    for place, name in named.items():
        if name in seen:
            checker.say(place, Message("fault.used_twice", {"key": str(place[-1]), "value": name}))
        seen.add(name)


def _is_above_itself(code: str, parents: Mapping[str, str | None]) -> bool:
    seen, above = {code}, parents[code]
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above == code


def _places(district: DistrictEntry, place: Place) -> Iterator[tuple[Place, str]]:
    yield (*place, "id"), district.id
    for at, child in enumerate(district.children):
        yield from _places(child, (*place, "children", at))
