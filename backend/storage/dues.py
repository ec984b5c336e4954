"""Rows that say what is to be done when: written with the change that makes them necessary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend import models
from backend.database import PRESENT, execute, query
from backend.rules.deadlines import DueKind
from backend.rules.waiting import Subject
from backend.storage.rows import find

LONGEST_SLEEP = 5.0
"""Seconds after which every worker looks at the table again, woken or not."""
SOON = timedelta(seconds=LONGEST_SLEEP)
"""Rows due later than this wake nobody: a worker looks again before they are due. It may have looked while the row was
not committed yet, and then is late by as long as the commit took.
"""

PUT = """
INSERT INTO due (subject, kind, period, due_at)
SELECT subject, kind, period, due_at FROM jsonb_populate_recordset(NULL::due, {rows})
ON CONFLICT (subject, kind, period) DO UPDATE SET due_at = excluded.due_at
"""
"""Writes `as_json` rows, given as the parameter `{rows}`."""
_PUT = PUT.format(rows="$1")
_PUT_OF_HOUSE = f"""
INSERT INTO due (subject, kind, period, due_at) VALUES ('house', $3, $4, {PRESENT} + $2::interval)
ON CONFLICT (subject, kind, period) DO NOTHING
"""
_END = "UPDATE due SET done_at = $2 WHERE subject = ANY($1) AND done_at IS NULL"
_EARLIEST = f"""
SELECT * FROM due WHERE done_at IS NULL AND due_at IS NOT NULL AND due_at <= {PRESENT}
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_NEXT = f"""
SELECT extract(epoch FROM min(due_at) - {PRESENT})::float8 AS seconds FROM due
WHERE done_at IS NULL AND due_at IS NOT NULL
"""
_LAG = """
SELECT extract(epoch FROM $1::timestamptz - min(due_at))::float8 AS lag FROM due
WHERE done_at IS NULL AND due_at IS NOT NULL AND due_at <= $1
"""
_DISPATCH_LIMITS = """
SELECT due.period, event.at
FROM due JOIN event ON event.ticket_id = $2 AND event.seq = split_part(due.period, '.', 1)::int
WHERE due.subject = $1 AND due.kind = 'dispatch_limit' AND due.done_at IS NULL
    AND ltrim(split_part(due.period, '.', 2), '0') = ''
"""


@dataclass(frozen=True)
class NewDue:
    subject: Subject
    kind: DueKind
    period: str
    """Round and repetition, so that the same kind can come again."""
    at: datetime | None
    """UTC; None while the clock is paused."""


def is_soon(rows: Iterable[NewDue], now: datetime) -> bool:
    """Whether one of them may be due before a worker that sleeps looks again."""
    return any(row.at is not None and row.at <= now + SOON for row in rows)


def of_ticket(ticket: models.Ticket) -> Subject:
    return Subject.ticket(ticket.id)


def of_assignment(assignment: models.Assignment) -> Subject:
    return Subject.assignment(assignment.id)


async def set_dues(rows: Iterable[NewDue]) -> None:
    """Write the rows; one that exists under the same subject, kind and period is moved to the new time."""
    await execute(_PUT, as_json(rows))


def as_json(rows: Iterable[NewDue]) -> str:
    return json.dumps(
        [
            {
                "subject": str(row.subject),
                "kind": row.kind,
                "period": row.period,
                "due_at": row.at.isoformat() if row.at is not None else None,
            }
            for row in rows
        ]
    )


async def end_dues(subjects: Iterable[Subject], now: datetime) -> None:
    """Mark what is left to do for these subjects as no longer needed."""
    await execute(_END, [str(one) for one in subjects], now)


async def put_of_house(now: datetime, after: timedelta, kind: DueKind, period: str) -> None:
    """Of the house itself, by the database's time; nothing where it is there already."""
    await execute(_PUT_OF_HOUSE, now, after, kind, period)


async def dispatch_limits(ticket_id: int) -> list[tuple[str, datetime]]:
    """Limits before dispatch that were not told of yet: period, and when the event came that the period names."""
    rows = await query(_DISPATCH_LIMITS, str(Subject.ticket(ticket_id)), ticket_id)
    return [(row["period"], row["at"]) for row in rows]


async def claim(now: datetime) -> models.Due | None:
    """The earliest due row, locked until the transaction ends; rows others hold are passed over."""
    found = await find(models.Due, _EARLIEST, now)
    return found[0] if found else None


async def finish(due_id: int, now: datetime) -> None:
    await models.Due.filter(id=due_id).update(done_at=now)


async def put_off(due_id: int, until: datetime) -> None:
    await models.Due.filter(id=due_id).update(due_at=until)


async def seconds_to_next(now: datetime) -> float | None:
    """Until something is due, negative if it is already; None when nothing is to come."""
    seconds: float | None = (await query(_NEXT, now))[0]["seconds"]
    return seconds


async def lag(now: datetime) -> float:
    """Seconds since the oldest row that is due became so."""
    return float((await query(_LAG, now))[0]["lag"] or 0.0)
