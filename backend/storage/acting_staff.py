"""Who of the staff acts by a session or by an account in a messenger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.contract.words import Role
from backend.database import execute, query

_STAFF = "staff.id, staff.roles, staff.department_id, staff.language"
_BY_SESSION = f"""
SELECT {_STAFF}, NULL AS identity_id, staff_session.seen_at < $4 AS unseen,
    second_factor.confirmed_at IS NOT NULL AS has_factor
FROM staff_session JOIN staff ON staff.id = staff_session.staff_id
    LEFT JOIN second_factor ON second_factor.staff_id = staff.id
WHERE staff_session.digest = $1 AND staff_session.expires_at > $2 AND staff.active
    AND (staff_session.seen_at IS NULL OR staff_session.seen_at > $3)
"""
_BY_ACCOUNT = f"""
SELECT {_STAFF}, identity.id AS identity_id, identity.seen_at IS NULL OR identity.seen_at < $3 AS unseen,
    second_factor.confirmed_at IS NOT NULL AS has_factor
FROM identity JOIN staff ON staff.id = identity.staff_id
    LEFT JOIN second_factor ON second_factor.staff_id = staff.id
WHERE identity.channel = $1 AND identity.external_id = $2 AND staff.active
"""
_SEE_SESSION = "UPDATE staff_session SET seen_at = $2 WHERE digest = $1 AND seen_at < $2"
_SEE_ACCOUNT = "UPDATE identity SET seen_at = $2 WHERE id = $1 AND (seen_at IS NULL OR seen_at < $2)"
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a log-in was last used: one write a minute, however many requests come."""


@dataclass(frozen=True)
class ActingStaff:
    id: int
    department_id: int
    roles: frozenset[Role]
    language: str
    has_second_factor: bool
    unseen: bool
    """When they were last seen is to be written anew."""
    identity_id: int | None
    """The account acted through; None for a session."""


async def by_session(digest: str, now: datetime, idle: timedelta) -> ActingStaff | None:
    """None also for a session that was not used for that long."""
    return _found(await query(_BY_SESSION, digest, now, now - idle, now - SEEN_EVERY))


async def by_account(channel: str, external_id: str, now: datetime) -> ActingStaff | None:
    return _found(await query(_BY_ACCOUNT, channel, external_id, now - SEEN_EVERY))


async def see_session(digest: str, now: datetime) -> None:
    """It was used now."""
    await execute(_SEE_SESSION, digest, now)


async def see_account(identity_id: int, now: datetime) -> None:
    await execute(_SEE_ACCOUNT, identity_id, now)


def _found(rows: list[Any]) -> ActingStaff | None:
    if not rows:
        return None
    row = rows[0]
    return ActingStaff(
        row["id"],
        row["department_id"],
        frozenset(Role(one) for one in json.loads(row["roles"])),
        row["language"],
        has_second_factor=row["has_factor"],
        unseen=bool(row["unseen"]),
        identity_id=row["identity_id"],
    )
