"""Final closure 终结 by the office, with reasons told (Guangxi, part 5)."""

from __future__ import annotations

from backend.contract.acts.close import CloseIn
from backend.contract.events.desk import Closed
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def close(context: Context, actor: Actor, number: str, request: CloseIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.CLOSE)
    work.record(Closed(final=True), reason=request.reason)
    await work.tell_contact(to_enterprise.Closed(reason=request.reason))
    await work.save()
    return await work.view()
