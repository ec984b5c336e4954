"""Brings the tables of the organisation to what its file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from backend import models
from backend.actions.organisation_entries import DepartmentEntry, DistrictEntry, DutyEntry
from backend.actions.organisation_file import read_organisation
from backend.database import transaction
from backend.storage import departments, districts, enterprises, turns
from backend.work.password_hashes import NO_PASSWORD


@dataclass(frozen=True)
class Loaded:
    """What loading did."""

    departments: int
    duties: int


async def load_city(path: Path, today: date) -> Loaded:
    """Bring the tables to what the file says, in one transaction; harmless to repeat.

    New staff have no password yet: `first_passwords` hands them out. Those of staff who are there stay; staff,
    departments and districts the file no longer names stay too, since tickets refer to them. The duty list becomes
    exactly the file's: an entry that changed gets a new version from `today`, and the one before ends the day before.
    """
    read = read_organisation(path)
    async with transaction():
        await turns.take("load_city")
        await _load_districts(read.city, None)
        ids = await _load_departments(read.departments)
        await _load_staff(read.departments, ids)
        await _load_duties(read.duties, today)
        for one in read.enterprises:
            await enterprises.load(one.uscc, one.name, one.district)
    return Loaded(len(read.departments), len(read.duties))


async def _load_districts(district: DistrictEntry, parent: str | None) -> None:
    await districts.load(district.id, district.name, district.name_en, parent)
    for child in district.children:
        await _load_districts(child, district.id)


async def _load_departments(units: list[DepartmentEntry]) -> dict[str, int]:
    """Ids by code; parents are set last, so that the order in the file is free."""
    for unit in units:
        await departments.load(unit.code, unit.name, unit.name_en, unit.level.value, unit.district)
    ids = await departments.ids()
    for unit in units:
        parent = ids[unit.parent] if unit.parent is not None else None
        await departments.set_parent(ids[unit.code], parent)
    return ids


async def _load_staff(units: list[DepartmentEntry], ids: Mapping[str, int]) -> None:
    for unit in units:
        for one in unit.staff:
            known = await models.Staff.get_or_none(username=one.username)
            if known is None:
                known = models.Staff(username=one.username, language=one.language, password_hash=NO_PASSWORD)
            known.name = one.name
            known.roles = [role.value for role in one.roles]
            known.department_id = ids[unit.code]
            await known.save()


async def _load_duties(duties: list[DutyEntry], today: date) -> None:
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


async def _create_duty(duty: DutyEntry, valid_from: date, version: int) -> None:
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
