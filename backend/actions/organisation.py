"""The organisation: shown to channels, and loaded from the file in which an office keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from backend import models
from backend.actions.context import Context
from backend.actions.password_hashes import NO_PASSWORD
from backend.contract import uscc
from backend.contract.models import CityOut, CreditCode, DistrictOut, Language, Line, Slug
from backend.contract.words import Level, Role
from backend.contract.yaml_bounds import TooLarge, check_bounds
from backend.database import execute, query, transaction
from backend.rules.policy import Policy

DEMO_CITY = Path(__file__).resolve().parent.parent / "cities" / "demo.yaml"


class OrganisationError(ValueError):
    """The organisation file cannot be used; `problems` has one line for each fault, `file:line: what`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


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
    roles: Annotated[list[Annotated[Role, Field(strict=False)]], Field(min_length=1)]
    language: Language = "zh_CN"


class _Department(_Entry):
    code: Slug
    name: Line
    name_en: Line
    level: Annotated[Level, Field(strict=False)]
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
    """The organisation in a YAML file; raises OrganisationError, or OSError when it cannot be read."""
    try:
        text = path.read_text("utf-8")
        check_bounds(text)
        tree = YAML(typ="rt").load(text)
    except TooLarge as error:
        raise OrganisationError([f"{path}:{error.line}: {error.reason}"]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise OrganisationError([f"{path}:{line}: not valid YAML: {error.problem or error.context}"]) from None
    except (YAMLError, ValueError) as error:
        raise OrganisationError([f"{path}:1: not valid YAML: {str(error).splitlines()[0]}"]) from None
    if not isinstance(tree, CommentedMap):
        raise OrganisationError([f"{path}:1: the file must hold the keys city and departments"])
    try:
        read = Organisation.model_validate(_plain(tree))
    except ValidationError as error:
        raise OrganisationError(
            [
                f"{path}:{_line(tree, item['loc'])}: {'.'.join(map(str, item['loc']))}: {item['msg']}"
                for item in error.errors(include_url=False, include_input=False)
            ]
        ) from None
    problems = [f"{path}:{_line(tree, place)}: {problem}" for place, problem in _faults(read)]
    if problems:
        raise OrganisationError(problems)
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

_Place = tuple[str | int, ...]


def _faults(read: Organisation) -> Iterator[tuple[_Place, str]]:
    """What the form alone does not show: doubles, and names that lead nowhere."""
    districts = [one.id for one in _all_districts(read.city)]
    yield from ((("city",), f"district {one} stands twice") for one in _doubles(districts))
    codes = [one.code for one in read.departments]
    known = set(codes)
    for at, unit in enumerate(read.departments):
        place: _Place = ("departments", at)
        if unit.code in codes[:at]:
            yield (*place, "code"), f"department {unit.code} stands twice"
        if unit.parent is not None and unit.parent not in known:
            yield (*place, "parent"), f"there is no department {unit.parent}"
        if unit.district is not None and unit.district not in districts:
            yield (*place, "district"), f"there is no district {unit.district}"
    yield from _parent_circles(read.departments)
    yield from _staff_faults(read.departments)
    yield from _duty_faults(read, known, set(districts))
    for at, enterprise in enumerate(read.enterprises):
        if not uscc.is_valid(enterprise.uscc):
            yield ("enterprises", at, "uscc"), f"the check character of {enterprise.uscc} does not fit"
        if enterprise.district not in districts:
            yield ("enterprises", at, "district"), f"there is no district {enterprise.district}"


def _staff_faults(units: list[_Department]) -> Iterator[tuple[_Place, str]]:
    users: set[str] = set()
    for at, unit in enumerate(units):
        for k, one in enumerate(unit.staff):
            if one.username in users:
                yield ("departments", at, "staff", k, "username"), f"user name {one.username} stands twice"
            users.add(one.username)


def _duty_faults(read: Organisation, departments: set[str], districts: set[str]) -> Iterator[tuple[_Place, str]]:
    for at, duty in enumerate(read.duties):
        for field, code in [("lead", duty.lead), *(("assists", one) for one in duty.assists)]:
            if code not in departments:
                yield ("duties", at, field), f"there is no department {code}"
        if duty.lead in duty.assists or len(set(duty.assists)) < len(duty.assists):
            yield ("duties", at, "assists"), "a department is named twice"
        if duty.district is not None and duty.district not in districts:
            yield ("duties", at, "district"), f"there is no district {duty.district}"
        if duty.valid_to is not None and duty.valid_to < duty.valid_from:
            yield ("duties", at, "to"), "ends before it begins"


def _parent_circles(units: list[_Department]) -> Iterator[tuple[_Place, str]]:
    parents = {one.code: one.parent for one in units}
    for at, unit in enumerate(units):
        seen, above = {unit.code}, unit.parent
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == unit.code:
            yield ("departments", at, "parent"), f"{unit.code} is above itself"


def _all_districts(root: _District) -> Iterator[_District]:
    yield root
    for child in root.children:
        yield from _all_districts(child)


def _doubles(names: list[str]) -> list[str]:
    return sorted({one for one in names if names.count(one) > 1})


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return str(node) if isinstance(node, str) else node


def _line(tree: CommentedMap, place: tuple[str | int, ...]) -> int:
    """Line of the deepest node on the way that the file holds."""
    node: object = tree
    line = 1
    for step in place:
        if isinstance(node, CommentedMap) and step in node:
            line, node = node.lc.key(step)[0] + 1, node[step]
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line, node = node.lc.item(step)[0] + 1, node[step]
        else:
            break
    return line


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
    for one in enterprises:
        await execute(
            "INSERT INTO enterprise (uscc, name, district_id, created_at) VALUES ($1, $2, $3, now())"
            " ON CONFLICT (uscc) DO UPDATE SET name = excluded.name, district_id = excluded.district_id",
            one.uscc,
            one.name,
            one.district,
        )
