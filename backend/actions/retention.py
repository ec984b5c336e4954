"""Ends what the policy keeps for a time only: files of closed tickets, then all in them that tells of a person.

The terms are those of the policy in force now, also for tickets accepted under another: a term of data protection that
was shortened has to hold for what is stored, and one that was prolonged by law, too.

What statistics need stays for ever: kind, scenario, place, units, times, limits, grades, and the events without words.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from backend.actions import contacts
from backend.contract.events.clocks import Cleared
from backend.files import folder
from backend.rules.actor import SYSTEM, Actor
from backend.storage import attachments, retention
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

AT_A_TIME = 10
"""Tickets, contacts or enterprises of one batch, which is one transaction."""
NO_TITLE = "—"
"""Stands where a title was."""

_NOBODY = ("forgotten", "nobody")
"""Channel and account that cleared tickets belong to; no token speaks for that channel."""


async def forget(context: Context) -> bool:
    """One batch of what has served its time; True when there may be more. Harmless to repeat, at any line.

    Never touched: tickets that are not ended, those on the joint-meeting list 联席会议, those the policy holds.
    """
    now, rules = context.now, context.policy.retention
    held = list(rules.held_tickets)
    old_files = await retention.tickets_with_old_files(now, timedelta(days=rules.attachments_days), held, AT_A_TIME)
    for ticket_id in old_files:
        await _clear_files(await TicketWork.on_id(context, SYSTEM, ticket_id))
    kept = timedelta(days=rules.closed_tickets_days)
    old = await retention.tickets_with_a_person(now, kept, held, AT_A_TIME)
    nobody = await contacts.contact_actor(context, *_NOBODY) if old else None
    for ticket_id in old:
        assert nobody is not None
        await _clear_person(await TicketWork.on_id(context, SYSTEM, ticket_id), nobody)
    lonely = await retention.lonely_contacts(now, kept, _NOBODY, AT_A_TIME)
    await retention.forget_contacts(lonely)
    firms = await retention.forget_enterprises(now, kept, AT_A_TIME)
    return bool(old_files) or AT_A_TIME in (len(old), len(lonely), firms)


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
    await retention.clear(work.ticket.id, NO_TITLE, nobody.id, nobody.identity_id)


async def _remove_files(work: TicketWork) -> int:
    """Files first, rows after: who dies in between leaves rows, by which all of it is found and done again."""
    ids = await attachments.of_ticket(work.ticket.id)
    for one in ids:
        await asyncio.to_thread(folder.remove, work.context.attachments, one)
    await attachments.forget(ids)
    return len(ids)
