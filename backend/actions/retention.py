"""Ends what the policy keeps for a time only: files of closed tickets, then all in them that tells of a person.

The terms are those of the policy in force now, also for tickets accepted under another: a term of data protection that
was shortened has to hold for what is stored, and one that was prolonged by law, too.

What statistics need stays for ever: kind, scenario, place, units, times, limits, grades, and the events without words.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from backend import models
from backend.actions import contacts
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract import events
from backend.contract.events.clocks import Cleared
from backend.contract.words import EventKind
from backend.database import PRESENT, execute, query
from backend.files import folder
from backend.rules.actor import SYSTEM, Actor

AT_A_TIME = 10
"""Tickets, contacts or enterprises of one batch, which is one transaction."""
NO_TITLE = "—"
"""Stands where a title was."""

_NOBODY = ("forgotten", "nobody")
"""Channel and account that cleared tickets belong to; no token speaks for that channel."""

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
"""  # noqa: S608  # our own constants
"""By the oldest files: the age has an index, while all tickets with old files may be a hundred thousand."""
_WITH_A_PERSON = f"""
SELECT id FROM ticket WHERE {_ENDED} AND cleared_at IS NULL ORDER BY closed_at LIMIT $4 FOR UPDATE SKIP LOCKED
"""  # noqa: S608

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
"""  # noqa: S608
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
"""  # noqa: S608


async def forget(context: Context) -> bool:
    """One batch of what has served its time; True when there may be more. Harmless to repeat, at any line.

    Never touched: tickets that are not ended, those on the joint-meeting list 联席会议, those the policy holds.
    """
    now, rules = context.now, context.policy.retention
    held = list(rules.held_tickets)
    old_files = await _ids(_WITH_OLD_FILES, now, timedelta(days=rules.attachments_days), held, AT_A_TIME)
    for ticket_id in old_files:
        await _clear_files(await TicketWork.on_id(context, SYSTEM, ticket_id))
    kept = timedelta(days=rules.closed_tickets_days)
    old = await _ids(_WITH_A_PERSON, now, kept, held, AT_A_TIME)
    nobody = await contacts.contact_actor(context, *_NOBODY) if old else None
    for ticket_id in old:
        assert nobody is not None
        await _clear_person(await TicketWork.on_id(context, SYSTEM, ticket_id), nobody)
    lonely = await _ids(_LONELY, now, kept, *_NOBODY, AT_A_TIME)
    await execute(_FORGET_CONTACTS, lonely)
    firms = await _ids(_FORGET_ENTERPRISES, now, kept, AT_A_TIME)
    return bool(old_files) or AT_A_TIME in (len(old), len(lonely), len(firms))


async def _clear_files(work: TicketWork) -> None:
    if count := await _remove_files(work):
        work.record(Cleared(what="files", files=count))
        await work.save()


async def _clear_person(work: TicketWork, nobody: Actor) -> None:
    files = await _remove_files(work)
    work.record(Cleared(what="person", files=files))
    work.ticket.cleared_at = work.context.now
    work.ticket.reply = None
    await work.save()
    ticket_id = work.ticket.id
    ticket, *others, of_events = _CLEAR
    await execute(ticket, ticket_id, NO_TITLE, nobody.id, nobody.identity_id)
    for statement in others:
        await execute(statement, ticket_id)
    await execute(of_events, ticket_id, _KEPT)


async def _remove_files(work: TicketWork) -> int:
    """Files first, rows after: who dies in between leaves rows, by which all of it is found and done again."""
    rows = await models.Attachment.filter(ticket_id=work.ticket.id)
    for row in rows:
        await asyncio.to_thread(folder.remove, work.context.attachments, row.id)
    await models.Attachment.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)


async def _ids(sql: str, *values: object) -> list[int]:
    return [int(row["id"]) for row in await query(sql, *values)]
