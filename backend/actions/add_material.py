"""The enterprise adds to its ticket; every unit that handles it is told."""

from __future__ import annotations

from backend.actions.attach import attach
from backend.contract.errors import Invalid
from backend.contract.events.filing import Added
from backend.contract.models.contact_requests import AdditionIn
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work import recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def add_material(context: Context, actor: Actor, number: str, request: AdditionIn) -> TicketOut:
    if not request.text.strip() and not request.attachments:
        raise Invalid("Write something or add a file.")
    work = await TicketWork.on_number(context, actor, number)
    work.require(Permission.ADD)
    await attach(context, actor, work.ticket.id, request.attachments)
    work.record(Added(attachments=tuple(request.attachments)), reason=request.text or None)
    told = [to for one in work.open_assignments for to in await recipients.unit(context.directory, one.department_id)]
    added = to_staff.Added(text=request.text, attachments=len(request.attachments))
    work.tell(told or await recipients.desk(), added)
    await work.save()
    return await work.view()
