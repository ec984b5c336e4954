"""Attachments: the rows of uploaded files; the files themselves lie in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from backend import models
from backend.database import PRESENT, query

_KNOWN = "SELECT id FROM attachment WHERE id = ANY($1::uuid[])"
_UNFILED = f"""
SELECT id FROM attachment WHERE ticket_id IS NULL AND created_at < {PRESENT} - $2::interval AND NOT EXISTS (
    SELECT FROM draft WHERE contact_id = attachment.contact_id AND strpos(form::text, attachment.id::text) > 0
) ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
"""
"""What a draft names lives as long as the draft. Locked: what is being filed at this moment is passed over."""
_UNANSWERED = """
SELECT FROM event AS replied WHERE ticket_id = $1 AND kind = 'replied' AND data->'attachments' ? $2
    AND NOT EXISTS (SELECT FROM event WHERE ticket_id = $1 AND kind = 'completed' AND seq > replied.seq)
"""


async def known(ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that have a row."""
    return {row["id"] for row in await query(_KNOWN, ids)}


async def of_ticket(ticket_id: int) -> list[UUID]:
    """Ids of its files."""
    return [row.id for row in await models.Attachment.filter(ticket_id=ticket_id)]


async def unfiled(now: datetime, kept: timedelta, at_most: int) -> list[UUID]:
    """Ids of the oldest files that no ticket or draft has had for that long; locked."""
    return [row["id"] for row in await query(_UNFILED, now, kept, at_most)]


async def is_unanswered(ticket_id: int, attachment_id: UUID) -> bool:
    """Whether it is a file of an answer that the enterprise does not have yet, as `told.Told.unanswered`."""
    return bool(await query(_UNANSWERED, ticket_id, str(attachment_id)))


async def forget(ids: Sequence[UUID]) -> None:
    await models.Attachment.filter(id__in=ids).delete()
