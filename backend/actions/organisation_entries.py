"""What the file holds in which an office keeps its organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.contract.models.organisation import DistrictOut
from backend.contract.models.values import CreditCode, Language, Line, Slug
from backend.contract.words import Level, Role
from backend.rules.policy.policy import Policy


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DistrictEntry(Entry):
    id: Slug
    name: Line
    name_en: Line
    children: list[DistrictEntry] = []


class StaffEntry(Entry):
    username: Slug
    name: Line
    roles: Annotated[list[Role], Field(min_length=1)]
    language: Language = "zh_CN"


class DepartmentEntry(Entry):
    code: Slug
    name: Line
    name_en: Line
    level: Level
    district: Slug | None = None
    parent: Slug | None = None
    staff: list[StaffEntry] = []


class DutyEntry(Entry):
    scenario: Slug
    district: Slug | None = None
    lead: Slug
    assists: list[Slug] = []
    basis: Line
    valid_from: Annotated[date, Field(alias="from")]
    valid_to: Annotated[date | None, Field(alias="to")] = None


class EnterpriseEntry(Entry):
    uscc: CreditCode
    name: Line
    district: Slug


class Organisation(Entry):
    """What the file holds. The city itself is the root of the districts."""

    city: DistrictEntry
    departments: Annotated[list[DepartmentEntry], Field(min_length=1)]
    duties: list[DutyEntry] = []
    enterprises: list[EnterpriseEntry] = []

    def all_districts(self) -> Iterator[DistrictEntry]:
        """The city and all within it."""
        return _all_districts(self.city)


def district_list(read: Organisation) -> list[DistrictOut]:
    """The districts below the city, as channels know them."""
    return [DistrictOut.model_validate(one.model_dump()) for one in read.city.children]


def names(read: Organisation, policy: Policy) -> dict[str, list[str]]:
    """What the city's file and the policy call districts, departments and who answers in an emergency, by language."""
    units: list[DistrictEntry | DepartmentEntry] = [*_all_districts(read.city), *read.departments]
    rules = policy.emergencies.rules
    chinese = [*(unit.name for unit in units), *(rule.name["zh_CN"] for rule in rules)]
    english = [*(unit.name_en for unit in units), *(rule.name["en"] for rule in rules)]
    numbers = [rule.number for rule in rules]
    return {"zh_CN": chinese + numbers, "en": english + numbers}


def _all_districts(root: DistrictEntry) -> Iterator[DistrictEntry]:
    yield root
    for child in root.children:
        yield from _all_districts(child)
