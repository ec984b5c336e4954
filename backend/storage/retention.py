"""What is kept for a time only: tickets, contacts and enterprises that have had theirs, and what goes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.contract import events
from backend.contract.words import EventKind
from backend.database import PRESENT, execute, query

_LONG_AGO = f"< {PRESENT} - $2::interval"
_ENDED = f"""
closed_at IS NOT NULL AND closed_at {_LONG_AGO} AND NOT difficult AND state IN ('closed', 'rejected', 'withdrawn')
AND number <> ALL($3)
"""
_WITH_OLD_FILES = f"""
SELECT id FROM ticket WHERE id = ANY(ARRAY(
    SELECT ticket_id FROM attachment JOIN ticket ON ticket.id = attachment.ticket_id
    WHERE attachment.created_at {_LONG_AGO} AND {_ENDED} ORDER BY attachment.created_at LIMIT $4
)) FOR UPDATE SKIP LOCKED
"""
"""By the oldest files: the age has an index, while all tickets with old files may be a hundred thousand."""
_WITH_A_PERSON = f"""
SELECT id FROM ticket WHERE {_ENDED} AND cleared_at IS NULL ORDER BY closed_at LIMIT $4 FOR UPDATE SKIP LOCKED
"""

_CLEAR = (
    """
    UPDATE ticket SET title = $2, story = '', answers = '[]', address = NULL, location = NULL, contact_id = $3,
        identity_id = $4, contact_name = NULL, contact_phone = NULL, enterprise_name = NULL, enterprise_uscc = NULL,
        enterprise_id = (
            SELECT id FROM enterprise
            WHERE id = ticket.enterprise_id AND uscc IS NOT NULL AND NOT ticket.hidden_reporter
        )
    WHERE id = $1
    """,
    "UPDATE assignment SET reply = NULL WHERE ticket_id = $1",
    "UPDATE question SET text = '', answer = NULL WHERE ticket_id = $1",
    "UPDATE rating SET comment = '' WHERE ticket_id = $1",
    "DELETE FROM notice WHERE ticket_id = $1",
    # The database lets this pass for cleared tickets alone, and only where it takes away: 0002_guards.
    """
    UPDATE event SET reason = NULL, actor_id = CASE actor_kind WHEN 'contact' THEN NULL ELSE actor_id END,
        data = (
            SELECT coalesce(jsonb_object_agg(key, value) FILTER (WHERE $2::jsonb->kind ? key), '{}')
            FROM jsonb_each(data)
        )
    WHERE ticket_id = $1
    """,
)
_KEPT = json.dumps({kind: sorted(model.names(kept=True)) for kind in EventKind if (model := events.model_of(kind))})
"""Keys of an event's data that hold no words of anybody's, by its kind; whatever is not named here goes."""

_LONELY = f"""
SELECT id FROM contact WHERE created_at {_LONG_AGO}
AND NOT EXISTS (SELECT FROM ticket WHERE contact_id = contact.id)
AND NOT EXISTS (SELECT FROM draft WHERE contact_id = contact.id)
AND NOT EXISTS (SELECT FROM identity WHERE contact_id = contact.id AND (channel, external_id) = ($3, $4))
ORDER BY id LIMIT $5 FOR UPDATE SKIP LOCKED
"""
_FORGET_CONTACTS = """
DELETE FROM contact WHERE id = ANY($1)
AND NOT EXISTS (SELECT FROM ticket WHERE contact_id = contact.id)
AND NOT EXISTS (SELECT FROM draft WHERE contact_id = contact.id)
"""
"""Asked again now that the rows are locked: a ticket may have been filed in between."""
_FORGET_ENTERPRISES = f"""
DELETE FROM enterprise WHERE id = ANY(ARRAY(
    SELECT id FROM enterprise WHERE uscc IS NULL AND created_at {_LONG_AGO}
    AND NOT EXISTS (SELECT FROM contact WHERE enterprise_id = enterprise.id)
    AND NOT EXISTS (SELECT FROM ticket WHERE enterprise_id = enterprise.id)
    LIMIT $3 FOR UPDATE SKIP LOCKED
)) RETURNING id
"""


async def tickets_with_old_files(now: datetime, kept: timedelta, held: Sequence[str], at_most: int) -> list[int]:
    """Ids of ended tickets, but those of the numbers `held`, whose files are older than that; locked."""
    return await _ids(_WITH_OLD_FILES, now, kept, held, at_most)


async def tickets_with_a_person(now: datetime, kept: timedelta, held: Sequence[str], at_most: int) -> list[int]:
    """Ids of tickets that ended longer ago than that, but those of the numbers `held`; locked."""
    return await _ids(_WITH_A_PERSON, now, kept, held, at_most)


async def clear(ticket_id: int, title: str, contact_id: int | None, identity_id: int | None) -> None:
    """All in it that tells of a person; it gets this title, and belongs to this contact and account from now on."""
    ticket, *others, of_events = _CLEAR
    await execute(ticket, ticket_id, title, contact_id, identity_id)
    for statement in others:
        await execute(statement, ticket_id)
    await execute(of_events, ticket_id, _KEPT)


async def lonely_contacts(now: datetime, kept: timedelta, but: tuple[str, str], at_most: int) -> list[int]:
    """Ids of contacts without ticket or draft, but the one of this account; locked."""
    return await _ids(_LONELY, now, kept, *but, at_most)


async def forget_contacts(ids: Sequence[int]) -> None:
    await execute(_FORGET_CONTACTS, ids)


async def forget_enterprises(now: datetime, kept: timedelta, at_most: int) -> int:
    """Those without a credit code that nobody speaks for; how many went."""
    return len(await _ids(_FORGET_ENTERPRISES, now, kept, at_most))


async def _ids(sql: str, *values: object) -> list[int]:
    return [int(row["id"]) for row in await query(sql, *values)]
