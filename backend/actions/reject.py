"""Reject a ticket out of scope 不予受理, with reason and legal basis, told and kept (Guangxi, part 3)."""

from __future__ import annotations

from backend.contract.acts.reject import RejectIn
from backend.contract.events.desk import Rejected
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def reject(context: Context, actor: Actor, number: str, request: RejectIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.REJECT)
    work.record(Rejected(basis=request.basis), reason=request.reason)
    await work.tell_contact(to_enterprise.Rejected(reason=request.reason, basis=request.basis))
    await work.save()
    return await work.view()
