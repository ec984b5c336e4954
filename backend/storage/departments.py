"""Departments, and the group in which each is told of its matters."""

from __future__ import annotations

from dataclasses import dataclass

from backend import models
from backend.contract.channels import TELEGRAM_STAFF
from backend.contract.notices.notice import Named
from backend.database import execute, query

_LOAD = """
INSERT INTO department (code, name, name_en, level, district_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, level = excluded.level,
    district_id = excluded.district_id
"""
_ANY = "SELECT 1 FROM department LIMIT 1"
_IDS = "SELECT id, code FROM department"
_SET_PARENT = "UPDATE department SET parent_id = $2 WHERE id = $1"
_LED = """
SELECT bool_or(EXISTS (
    SELECT FROM staff WHERE staff.department_id = department.id AND staff.active AND staff.roles @> '["leader"]'
)) AS led
FROM department WHERE group_chat IS NOT NULL AND (id = $1) <> (group_chat = $2)
"""
_UNLINK = """
WITH gone AS (
    UPDATE department SET group_chat = NULL, group_linked_by = NULL FROM department AS before
    WHERE department.id = before.id AND before.group_linked_by = $1
    RETURNING before.id, before.name, before.name_en, before.group_chat
), dropped AS (
    DELETE FROM notice USING gone
    WHERE notice.done_at IS NULL AND notice.channel = $2 AND notice.address = $3 || gone.group_chat
)
SELECT id, name, name_en FROM gone ORDER BY id
"""


@dataclass(frozen=True)
class Unlinked:
    """A department that has no group any more."""

    id: int
    name: Named


def group_address(chat: str) -> str:
    """Where a notice to a department's group goes."""
    return f"group:{chat}"


async def exist() -> bool:
    """Whether there is any: a city was loaded."""
    return bool(await query(_ANY))


async def load(code: str, name: str, name_en: str, level: str, district: str | None) -> None:
    """As the file of the city has it, yet without its parent."""
    await execute(_LOAD, code, name, name_en, level, district)


async def ids() -> dict[str, int]:
    """By code."""
    return {row["code"]: int(row["id"]) for row in await query(_IDS)}


async def set_parent(department_id: int, parent_id: int | None) -> None:
    await execute(_SET_PARENT, department_id, parent_id)


async def loser_has_leader(department_id: int, chat: str) -> bool:
    """Whether a department that would lose its group by this link has a leader: this one another group, or another one
    this group.
    """
    return bool((await query(_LED, department_id, chat))[0]["led"])


async def link(department_id: int, chat: str, staff_id: int) -> set[int]:
    """Make it this department's group, by this member of staff, and no other's; ids of those it was, and this one."""
    of_chat = models.Department.filter(group_chat=chat)
    units = {one.id for one in await of_chat} | {department_id}
    await of_chat.update(group_chat=None, group_linked_by=None)
    await models.Department.filter(id=department_id).update(group_chat=chat, group_linked_by=staff_id)
    return units


async def unlink_all_by(staff_id: int) -> list[Unlinked]:
    """Groups that this person linked are no department's any more; what waits for them stands on its members' pages
    too, and is dropped.
    """
    rows = await query(_UNLINK, staff_id, TELEGRAM_STAFF.name, group_address(""))
    return [Unlinked(row["id"], Named(zh=row["name"], en=row["name_en"] or row["name"])) for row in rows]


async def of_group(chat: str) -> models.Department | None:
    return await models.Department.filter(group_chat=chat).first()


async def move_group(chat: str, to: str) -> None:
    """The department of this chat has that one for its group, and no other has it."""
    if await models.Department.filter(group_chat=chat).exists():
        await models.Department.filter(group_chat=to).update(group_chat=None)
        await models.Department.filter(group_chat=chat).update(group_chat=to)
