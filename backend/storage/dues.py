"""Rows that say what is to be done when: written with the change that makes them necessary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend import models
from backend.database import execute
from backend.rules.deadlines import DueKind
from backend.rules.waiting import Subject

LONGEST_SLEEP = 5.0
"""Seconds after which every worker looks at the table again, woken or not."""
SOON = timedelta(seconds=LONGEST_SLEEP)
"""Rows due later than this wake nobody: a worker looks again before they are due. It may have looked while the row was
not committed yet, and then is late by as long as the commit took.
"""

SET = """
INSERT INTO due (subject, kind, period, due_at)
SELECT subject, kind, period, due_at FROM jsonb_populate_recordset(NULL::due, {rows})
ON CONFLICT (subject, kind, period) DO UPDATE SET due_at = excluded.due_at
"""
"""Writes `as_json` rows, given as the parameter `{rows}`."""

_END = """
UPDATE due SET done_at = $2 WHERE subject = ANY($1) AND done_at IS NULL
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
    await execute(SET.format(rows="$1"), as_json(rows))


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
