"""The organisation: shown to channels, and loaded from the file in which an office keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend import models
from backend.actions.context import Context
from backend.actions.password_hashes import NO_PASSWORD
from backend.contract import uscc
from backend.contract.faults import FileFaults, Place, suggestion
from backend.contract.message import Message
from backend.contract.misfits import read_model
from backend.contract.models.organisation import CityOut, DistrictOut
from backend.contract.models.values import CreditCode, Language, Line, Slug
from backend.contract.words import Level, Role
from backend.contract.yaml_source import Checker, read_source
from backend.database import execute, query, transaction
from backend.rules.policy import Policy

DEMO_CITY = Path(__file__).resolve().parent.parent / "cities" / "demo.yaml"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _District(_Entry):
    id: Slug
    name: Line
    name_en: Line
    children: list[_District] = []


class _Staff(_Entry):
    username: Slug
    name: Line
    roles: Annotated[list[Role], Field(min_length=1)]
    language: Language = "zh_CN"


class _Department(_Entry):
    code: Slug
    name: Line
    name_en: Line
    level: Level
    district: Slug | None = None
    parent: Slug | None = None
    staff: list[_Staff] = []


class _Duty(_Entry):
    scenario: Slug
    district: Slug | None = None
    lead: Slug
    assists: list[Slug] = []
    basis: Line
    valid_from: Annotated[date, Field(alias="from")]
    valid_to: Annotated[date | None, Field(alias="to")] = None


class _Enterprise(_Entry):
    uscc: CreditCode
    name: Line
    district: Slug


class Organisation(_Entry):
    """What the file holds. The city itself is the root of the districts."""

    city: _District
    departments: Annotated[list[_Department], Field(min_length=1)]
    duties: list[_Duty] = []
    enterprises: list[_Enterprise] = []

    def all_districts(self) -> Iterator[_District]:
        """The city and all within it."""
        return _all_districts(self.city)


@dataclass(frozen=True)
class Loaded:
    """What loading did."""

    departments: int
    duties: int


async def view_city(context: Context) -> CityOut:
    """Districts as a tree below the city, departments, emergencies."""
    rows = await models.District.all().order_by("id")
    children: dict[str | None, list[models.District]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    roots = children.get(None, [])
    city = roots[0] if roots else None

    def below(parent: str | None) -> list[DistrictOut]:
        return [
            DistrictOut(id=one.id, name=one.name, name_en=one.name_en or one.name, children=below(one.id))
            for one in children.get(parent, [])
        ]

    return CityOut(
        name=city.name if city else "",
        name_en=(city.name_en or city.name) if city else "",
        districts=below(city.id) if city else [],
        departments=list(context.directory.shown.values()),
        emergencies=emergency_rules(context.policy),
    )


def district_list(read: Organisation) -> list[DistrictOut]:
    """The districts below the city, as channels know them."""
    return [DistrictOut.model_validate(one.model_dump()) for one in read.city.children]


def emergency_rules(policy: Policy) -> list[dict[str, Any]]:
    """The policy's words for emergencies, each rule whole: whoever talks to a person must recognise them at once."""
    common = policy.emergencies.model_dump(mode="json", include={"negations", "fillers", "exceptions"})
    return [{**rule.model_dump(mode="json"), **common} for rule in policy.emergencies.rules]


def names(read: Organisation, policy: Policy) -> dict[str, list[str]]:
    """What the city's file and the policy call districts, departments and who answers in an emergency, by language."""
    units: list[_District | _Department] = [*_all_districts(read.city), *read.departments]
    rules = policy.emergencies.rules
    chinese = [*(unit.name for unit in units), *(rule.name["zh_CN"] for rule in rules)]
    english = [*(unit.name_en for unit in units), *(rule.name["en"] for rule in rules)]
    numbers = [rule.number for rule in rules]
    return {"zh_CN": chinese + numbers, "en": english + numbers}


def read_organisation(path: Path) -> Organisation:
    """The organisation in a YAML file. Raises FileFaults with all its mistakes."""
    source = read_source(path)
    read = read_model(Organisation, source)
    checker = Checker(source)
    _check(read, checker)
    if checker.faults:
        raise FileFaults(checker.faults)
    return read


async def load_city(path: Path, today: date) -> Loaded:
    """Bring the tables to what the file says, in one transaction; harmless to repeat.

    New staff have no password yet: `first_passwords` hands them out. Those of staff who are there stay; staff,
    departments and districts the file no longer names stay too, since tickets refer to them. The duty list becomes
    exactly the file's: an entry that changed gets a new version from `today`, and the one before ends the day before.
    """
    read = read_organisation(path)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtextextended('load_city', 0))")
        await _load_districts(read.city, None)
        ids = await _load_departments(read.departments)
        await _load_staff(read.departments, ids)
        await _load_duties(read.duties, today)
        await _load_enterprises(read.enterprises)
    return Loaded(len(read.departments), len(read.duties))


# --- checks -------------------------------------------------------------------------------------------------------


def _check(read: Organisation, checker: Checker) -> None:
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


def _check_duty(duty: _Duty, place: Place, names: _Names) -> None:
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


def _places(district: _District, place: Place) -> Iterator[tuple[Place, str]]:
    yield (*place, "id"), district.id
    for at, child in enumerate(district.children):
        yield from _places(child, (*place, "children", at))


def _all_districts(root: _District) -> Iterator[_District]:
    yield root
    for child in root.children:
        yield from _all_districts(child)


# --- loading ------------------------------------------------------------------------------------------------------


async def _load_districts(district: _District, parent: str | None) -> None:
    await execute(
        "INSERT INTO district (id, name, name_en, parent_id) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE"
        " SET name = excluded.name, name_en = excluded.name_en, parent_id = excluded.parent_id",
        district.id,
        district.name,
        district.name_en,
        parent,
    )
    for child in district.children:
        await _load_districts(child, district.id)


async def _load_departments(units: list[_Department]) -> dict[str, int]:
    """Ids by code; parents are set last, so that the order in the file is free."""
    for unit in units:
        await execute(
            "INSERT INTO department (code, name, name_en, level, district_id) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en,"
            " level = excluded.level, district_id = excluded.district_id",
            unit.code,
            unit.name,
            unit.name_en,
            unit.level.value,
            unit.district,
        )
    ids = {row["code"]: int(row["id"]) for row in await query("SELECT id, code FROM department")}
    for unit in units:
        parent = ids[unit.parent] if unit.parent is not None else None
        await execute("UPDATE department SET parent_id = $2 WHERE id = $1", ids[unit.code], parent)
    return ids


async def _load_staff(units: list[_Department], ids: Mapping[str, int]) -> None:
    for unit in units:
        for one in unit.staff:
            known = await models.Staff.get_or_none(username=one.username)
            if known is None:
                known = models.Staff(username=one.username, language=one.language, password_hash=NO_PASSWORD)
            known.name = one.name
            known.roles = [role.value for role in one.roles]
            known.department_id = ids[unit.code]
            await known.save()


async def _load_duties(duties: list[_Duty], today: date) -> None:
    current = {(one.scenario, one.district_id): one for one in await models.Duty.filter(valid_to=None)}
    dated = {(one.scenario, one.district_id, one.valid_from, one.valid_to) for one in await models.Duty.all()}
    for duty in duties:
        place = (duty.scenario, duty.district)
        if duty.valid_to is not None:
            if (*place, duty.valid_from, duty.valid_to) not in dated:
                await _create_duty(duty, duty.valid_from, 1)
            continue
        known = current.pop(place, None)
        if known is None:
            await _create_duty(duty, duty.valid_from, 1)
        elif (known.lead, known.assists, known.legal_basis) != (duty.lead, duty.assists, duty.basis):
            await _end_duty(known, today)
            await _create_duty(duty, max(today, duty.valid_from), known.version + 1)
    for gone in current.values():
        await _end_duty(gone, today)


async def _create_duty(duty: _Duty, valid_from: date, version: int) -> None:
    await models.Duty.create(
        scenario=duty.scenario,
        district_id=duty.district,
        lead=duty.lead,
        assists=duty.assists,
        legal_basis=duty.basis,
        valid_from=valid_from,
        valid_to=duty.valid_to,
        version=version,
    )


async def _end_duty(duty: models.Duty, today: date) -> None:
    duty.valid_to = date.fromordinal(today.toordinal() - 1)
    await duty.save(update_fields=["valid_to"])


async def _load_enterprises(enterprises: list[_Enterprise]) -> None:
    """A name that the office or the register confirmed stays: the file is a start, written once."""
    for one in enterprises:
        await execute(
            "INSERT INTO enterprise (uscc, name, district_id, created_at) VALUES ($1, $2, $3, now())"
            " ON CONFLICT (uscc) DO UPDATE SET name = coalesce(enterprise.name, excluded.name),"
            " district_id = excluded.district_id",
            one.uscc,
            one.name,
            one.district,
        )
