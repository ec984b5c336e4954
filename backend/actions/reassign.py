"""Hand an assignment to a colleague of the same unit 内部改派; clock and promise go on."""

from __future__ import annotations

from backend.actions import takers
from backend.contract.acts.reassign import ReassignIn
from backend.contract.errors import Invalid
from backend.contract.events.part import Reassigned
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work import recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def reassign(context: Context, actor: Actor, assignment_id: int, request: ReassignIn) -> TicketOut:
    """Who had it and who has it now are told, but for the actor. Raises Invalid for somebody not among the `takers`."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.REASSIGN, assignment)
    if request.handler not in [one.id for one in await takers.of(assignment)]:
        raise Invalid("This colleague cannot take it over; choose one of those who can.")
    before, assignment.handler_id = assignment.handler_id, request.handler
    work.keep(assignment)
    work.record(Reassigned(assignment=assignment.id), reason=request.reason)
    for staff_id in (before, request.handler):
        if staff_id != actor.id:
            told = await recipients.member(assignment.department_id, staff_id)
            work.tell(told, to_staff.Reassigned(own=staff_id == request.handler, reason=request.reason))
    await work.save()
    return await work.view()
