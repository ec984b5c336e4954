"""Rows that say what is to be done when: written with the change that makes them necessary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend import models


@dataclass(frozen=True)
class NewDue:
    subject: str
    kind: str
    period: str
    at: datetime | None
    """UTC; None while the clock is paused."""


def of_ticket(ticket: models.Ticket) -> str:
    return f"t{ticket.id}"


def of_assignment(assignment: models.Assignment) -> str:
    return f"a{assignment.id}"


def of_draft(draft_id: object) -> str:
    return f"d{draft_id}"


async def set_dues(rows: Iterable[NewDue]) -> None:
    """Write the rows; one that exists under the same subject, kind and period is moved to the new time."""
    new = [models.Due(subject=row.subject, kind=row.kind, period=row.period, due_at=row.at) for row in rows]
    if new:
        await models.Due.bulk_create(new, on_conflict=["subject", "kind", "period"], update_fields=["due_at"])


async def end_dues(subjects: Iterable[str], now: datetime, *, prefix: str = "") -> None:
    """Mark what is left to do for these subjects as no longer needed; `prefix` narrows it to some kinds."""
    rows = models.Due.filter(subject__in=list(subjects), done_at__isnull=True)
    if prefix:
        rows = rows.filter(kind__startswith=prefix)
    await rows.update(done_at=now)


async def pause_dues(subject: str, kinds: Iterable[str]) -> None:
    """Stop the clock: these rows are not due until `set_dues` gives them a time again."""
    await models.Due.filter(subject=subject, kind__in=list(kinds), done_at__isnull=True).update(due_at=None)
