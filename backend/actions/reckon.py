"""Reckon provisional limits again, once the office has entered the holidays a year was decreed."""

from __future__ import annotations

from backend import models
from backend.actions import clocks
from backend.actions.accept import promise
from backend.actions.actor import SYSTEM
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract.words import EventKind, TicketState
from backend.rules import lifecycle

_AT_A_TIME = 500
"""Tickets of one round; the next housekeeping goes on."""


async def reckon_again(context: Context) -> None:
    """Move the limits of open tickets that reached into an unknown year, the seat's too; harmless to repeat.

    Each by the numbers of its own policy, on the days of the one in force now, which brought the decree.
    Who was promised another time is told the new one.
    """
    rows = models.Ticket.filter(provisional=True, state__in=list(lifecycle.OPEN_STATES)).order_by("id")
    for ticket in await rows.limit(_AT_A_TIME):
        work = await TicketWork.on_id(context, SYSTEM, ticket.id)
        before = work.ticket.promised_at
        if work.ticket.state is TicketState.SUBMITTED:
            clocks.verify_limit(work)
        for part in work.open_assignments:
            if not part.waiting:
                await clocks.restart(work, part)
                work.keep(part)
        if work.ticket.provisional:
            continue
        work.record(EventKind.RECKONED)
        if work.ticket.promised_at != before:
            await work.tell_contact("reckoned", **promise(work))
        await work.save()
