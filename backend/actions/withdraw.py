"""The enterprise takes its ticket back 撤回, as long as it is not completed."""

from __future__ import annotations

from backend.contract.events.filing import Withdrawn
from backend.contract.models.contact_requests import WithdrawIn
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work import recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def withdraw(context: Context, actor: Actor, number: str, request: WithdrawIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number)
    work.require(Permission.WITHDRAW)
    work.record(Withdrawn(), reason=request.reason or None)
    told = [to for one in work.open_assignments for to in await recipients.unit(context.directory, one.department_id)]
    work.tell(told or await recipients.desk(), to_staff.Withdrawn(reason=request.reason))
    await work.save()
    return await work.view()
