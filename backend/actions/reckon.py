"""Reckon provisional limits again, once the office has entered the holidays a year was decreed."""

from __future__ import annotations

import logging

from backend.actions.accept import promise
from backend.contract.events.clocks import Reckoned
from backend.contract.notices import to_enterprise
from backend.contract.words import OPEN_STATES, TicketState
from backend.database import CLASHED, LOST, transaction
from backend.rules.actor import SYSTEM
from backend.storage import tickets
from backend.work import clocks, desk_limits
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

log = logging.getLogger(__name__)

AT_A_TIME = 20
"""Tickets of one batch, which is one transaction."""


async def reckon_again(context: Context, after: int = 0) -> int | None:
    """Move the limits of open tickets that reached into an unknown year, the seat's too; harmless to repeat.

    One batch of those behind the ticket with the id `after`; gives the last one's id, None when there are no more. So
    those that stay provisional, their year being unknown still, keep nobody else waiting.

    Each by the numbers of its own policy, on the days of the one in force now, which brought the decree.
    Who was promised another time is told the new one.
    """
    ids = await tickets.provisional(after, AT_A_TIME)
    for ticket_id in ids:
        await _try(context, ticket_id)
    return ids[-1] if len(ids) == AT_A_TIME else None


async def _try(context: Context, ticket_id: int) -> None:
    """One that fails is left as it was, for the next round, and stops none of the others."""
    try:
        async with transaction():
            await _reckon(await TicketWork.on_id(context, SYSTEM, ticket_id))
    except (*LOST, *CLASHED):
        raise
    except Exception as error:  # whose words may hold the row, names and all
        extra = {"action": "reckon", "ticket_id": ticket_id, "why": type(error).__name__}
        log.warning("a ticket's limits were not reckoned", extra=extra)


async def _reckon(work: TicketWork) -> None:
    before = work.ticket.promised_at
    if work.ticket.state not in OPEN_STATES:
        return  # ended while we waited for its lock
    if work.ticket.state is TicketState.SUBMITTED:
        await desk_limits.resume(work)
    for part in work.open_assignments:
        if not part.waiting:
            await clocks.restart(work, part)
            work.keep(part)
    if work.ticket.provisional:
        return
    work.record(Reckoned())
    if work.ticket.promised_at != before:
        await work.tell_contact(to_enterprise.Reckoned(**promise(work)))
    await work.save()
