"""Members of staff."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend import models
from backend.database import execute, query

_ACTIVE = """
SELECT staff.id, roles, language, ARRAY(
    SELECT ARRAY[channel, external_id] FROM identity WHERE staff_id = staff.id ORDER BY identity.id
) AS accounts
FROM staff WHERE active AND {whom} ORDER BY staff.id
"""
_IN_DEPARTMENT = _ACTIVE.format(whom="department_id = $1")
_BY_ID = _ACTIVE.format(whom="id = $1")
_ALL = _ACTIVE.format(whom="true")
_SET_PASSWORDS = """
UPDATE staff SET password_hash = given.hash
FROM unnest($1::bigint[], $2::text[]) AS given (id, hash) WHERE staff.id = given.id
"""


@dataclass(frozen=True)
class StaffMember:
    """One of the staff, as far as it matters to who is told of something."""

    id: int
    roles: frozenset[str]
    language: str
    accounts: tuple[tuple[str, str], ...]
    """Channel and address of each account they have bound."""


def member(row: Mapping[str, Any]) -> StaffMember:
    """Of columns of the same names."""
    accounts = tuple((channel, address) for channel, address in row["accounts"])
    return StaffMember(row["id"], frozenset(json.loads(row["roles"])), row["language"], accounts)


async def in_department(department_id: int) -> list[StaffMember]:
    """Those who are active."""
    return [member(row) for row in await query(_IN_DEPARTMENT, department_id)]


async def by_id(staff_id: int) -> list[StaffMember]:
    """One, if they are active."""
    return [member(row) for row in await query(_BY_ID, staff_id)]


async def everybody() -> list[StaffMember]:
    """Who is active."""
    return [member(row) for row in await query(_ALL)]


async def set_passwords(ids: Sequence[int], hashes: Sequence[str]) -> None:
    await execute(_SET_PASSWORDS, ids, hashes)


async def names(ids: Collection[int]) -> dict[int, str]:
    return dict(await models.Staff.filter(id__in=list(ids)).values_list("id", "name"))


async def usernames() -> list[str]:
    """Of everybody, also of those who have left."""
    return [str(one) for one in await models.Staff.all().values_list("username", flat=True)]
