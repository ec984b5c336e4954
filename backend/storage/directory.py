"""A snapshot of the organisation, read once every few seconds: districts, departments, their staff, the duty list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend import models
from backend.contract.models.organisation import DepartmentOut
from backend.contract.notices.notice import Named
from backend.database import query
from backend.rules.duties import DutyEntry
from backend.storage.staff import StaffMember, member

FRESH_SECONDS = 3.0
"""How old a snapshot may be: a new duty list is in force everywhere within this time."""


@dataclass(frozen=True)
class Directory:
    departments: Mapping[int, models.Department]
    by_code: Mapping[str, models.Department]
    parents: Mapping[str, str | None]
    """District id → id of the district it lies in."""
    duties: tuple[DutyEntry, ...]
    shown: Mapping[int, DepartmentOut] = field(default_factory=dict)
    staff: Mapping[int, tuple[StaffMember, ...]] = field(default_factory=dict)
    """Of each department, those who are active."""
    staff_names: Mapping[int, str] = field(default_factory=dict)
    """Of everybody, also of those who have left."""

    def district_path(self, district: str | None) -> tuple[str, ...]:
        """The district after all it lies in, widest first; empty when unknown."""
        path: list[str] = []
        while district is not None and district in self.parents and district not in path:
            path.insert(0, district)
            district = self.parents[district]
        return tuple(path)

    def named(self, department_id: int) -> Named:
        """The department's name, as notices have it."""
        unit = self.departments[department_id]
        return Named(zh=unit.name, en=unit.name_en or unit.name)

    def parent_of(self, department_id: int) -> models.Department | None:
        parent_id = self.departments[department_id].parent_id
        return self.departments.get(parent_id) if parent_id is not None else None


_STAFF = """
SELECT staff.id, name, department_id, roles, language, active, ARRAY(
    SELECT ARRAY[channel, external_id] FROM identity WHERE staff_id = staff.id ORDER BY identity.id
) AS accounts
FROM staff ORDER BY staff.id
"""


async def read_directory() -> Directory:
    departments = {one.id: one for one in await models.Department.all()}
    parents = {one.id: one.parent_id for one in await models.District.all()}
    duties = tuple(
        DutyEntry(
            id=one.id,
            scenario=one.scenario,
            district=one.district_id,
            lead=one.lead,
            assists=tuple(one.assists),
            legal_basis=one.legal_basis,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            version=one.version,
        )
        for one in await models.Duty.all()
    )
    everybody = await query(_STAFF)
    return Directory(
        departments=departments,
        by_code={one.code: one for one in departments.values()},
        parents=parents,
        duties=duties,
        shown={one.id: _show(one, departments) for one in departments.values()},
        staff=_by_department(one for one in everybody if one["active"]),
        staff_names={one["id"]: one["name"] for one in everybody},
    )


def _by_department(rows: Iterable[Mapping[str, Any]]) -> Mapping[int, tuple[StaffMember, ...]]:
    found: dict[int, tuple[StaffMember, ...]] = {}
    for one in rows:
        found[one["department_id"]] = (*found.get(one["department_id"], ()), member(one))
    return found


class DirectoryCache:
    """Holds the latest snapshot; `clock` gives monotonic seconds."""

    def __init__(self) -> None:
        self._directory: Directory | None = None
        self._read_at = 0.0

    async def current(self, clock: float) -> Directory:
        if self._directory is None or clock - self._read_at > FRESH_SECONDS:
            self._directory = await read_directory()
            self._read_at = clock
        return self._directory

    def forget(self) -> None:
        self._directory = None


def _show(department: models.Department, all_departments: Mapping[int, models.Department]) -> DepartmentOut:
    parent = all_departments.get(department.parent_id) if department.parent_id is not None else None
    return DepartmentOut(
        code=department.code,
        name=department.name,
        name_en=department.name_en or department.name,
        level=department.level,
        district=department.district_id,
        parent=parent.code if parent else None,
    )
