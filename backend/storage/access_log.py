"""The access log: who looked at personal data or changed what lets people in, for the auditor."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend import models
from backend.contract.models.looks import Look, LookPage
from backend.database import execute, query
from backend.rules.actor import Actor

_READ = """
SELECT log.id, log.at, log.actor_kind AS actor, staff.username AS staff, ticket.number AS ticket, log.what, log.reason
FROM access_log AS log
LEFT JOIN staff ON staff.id = log.actor_id AND log.actor_kind = 'staff'
LEFT JOIN ticket ON ticket.id = log.ticket_id
WHERE log.id < $1 ORDER BY log.id DESC LIMIT $2
"""
_NOTE_ONCE = """
INSERT INTO access_log (at, actor_kind, actor_id, ticket_id, what, reason)
SELECT $1, 'staff', $2, $3, $4::varchar, '' WHERE NOT EXISTS (
    SELECT FROM access_log WHERE ticket_id = $3 AND actor_kind = 'staff' AND actor_id = $2 AND what = $4 AND at > $5
)
"""


async def note(now: datetime, actor: Actor, what: str, *, ticket_id: int | None = None, reason: str = "") -> None:
    await models.AccessLog.create(
        at=now, actor_kind=actor.kind.value, actor_id=actor.id, ticket_id=ticket_id, what=what, reason=reason
    )


async def note_once(now: datetime, actor: Actor, what: str, ticket_id: int | None, within: timedelta) -> None:
    """By one of the staff, unless the same was noted that short a time ago."""
    await execute(_NOTE_ONCE, now, actor.id, ticket_id, what, now - within)


async def newest_first(below: int, limit: int) -> LookPage:
    """A page of those with ids below this one."""
    rows = await query(_READ, below, limit + 1)
    return LookPage(
        items=[Look.model_validate(dict(row)) for row in rows[:limit]],
        next=str(rows[limit - 1]["id"]) if len(rows) > limit else None,
    )
