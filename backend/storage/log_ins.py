"""Log-ins of staff: sessions and bound accounts as their owner sees and ends them, and the refused ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.contract.channels import WEB_STAFF
from backend.contract.models.log_ins import FailedLogInOut, FailedLogInPage, LogInOut
from backend.database import query

# A log-in is named as in `Actor.log_in`.
_OF_STAFF = """
SELECT 'p' || left(digest, 16) AS id, $2 AS channel, address, created_at AS since, seen_at AS seen
FROM staff_session WHERE staff_id = $1 AND expires_at > $3 AND (seen_at IS NULL OR seen_at > $4)
UNION ALL
SELECT 'm' || id, channel, '', bound_at, seen_at FROM identity WHERE staff_id = $1
ORDER BY seen DESC NULLS LAST, id
"""
_END_SESSION = "DELETE FROM staff_session WHERE staff_id = $1 AND 'p' || left(digest, 16) = $2 RETURNING 1"
_END_OTHER_SESSIONS = "DELETE FROM staff_session WHERE staff_id = $1 AND 'p' || left(digest, 16) <> $2 RETURNING 1"
_ACCOUNT = "SELECT id FROM identity WHERE staff_id = $1 AND 'm' || id = $2"
_OTHER_ACCOUNTS = "SELECT id FROM identity WHERE staff_id = $1 AND 'm' || id <> $2"
_FAILED = """
SELECT failed.id, failed.at, staff.username AS staff, left(failed.name_digest, 12) AS unknown,
    failed.address, failed.why
FROM failed_log_in AS failed LEFT JOIN staff ON staff.id = failed.staff_id
WHERE failed.id < $1 ORDER BY failed.id DESC LIMIT $2
"""


async def of_staff(staff_id: int, now: datetime, idle: timedelta, current: str) -> list[LogInOut]:
    """What holds now, the last used first; a session holds until it was idle for that long."""
    rows = await query(_OF_STAFF, staff_id, WEB_STAFF.name, now, now - idle)
    return [LogInOut(**row, current=row["id"] == current) for row in rows]


async def end_session(staff_id: int, log_in: str) -> bool:
    """Whether there was one of this name."""
    return bool(await query(_END_SESSION, staff_id, log_in))


async def end_other_sessions(staff_id: int, log_in: str) -> int:
    """All but this one; how many there were."""
    return len(await query(_END_OTHER_SESSIONS, staff_id, log_in))


async def account(staff_id: int, log_in: str) -> list[int]:
    """Id of the bound account of this name, if it is one."""
    return [row["id"] for row in await query(_ACCOUNT, staff_id, log_in)]


async def other_accounts(staff_id: int, log_in: str) -> list[int]:
    """Ids of the bound accounts but this one."""
    return [row["id"] for row in await query(_OTHER_ACCOUNTS, staff_id, log_in)]


async def failed(below: int, limit: int) -> FailedLogInPage:
    """Refused ones with ids below this, newest first."""
    rows = await query(_FAILED, below, limit + 1)
    return FailedLogInPage(
        items=[FailedLogInOut.model_validate(dict(row)) for row in rows[:limit]],
        next=str(rows[limit - 1]["id"]) if len(rows) > limit else None,
    )
