"""Propose to return an assignment 退单: it must name the right unit or the legal basis; the office decides."""

from __future__ import annotations

from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.errors import Invalid
from backend.contract.events.part import ReturnProposed
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import Permission, Role
from backend.rules.actor import Actor
from backend.work import desk_limits, recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def propose_return(context: Context, actor: Actor, assignment_id: int, request: ProposeReturnIn) -> TicketOut:
    """The clock never stops for it: first-receiver responsibility 首接负责. The office has a limit to decide."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.PROPOSE_RETURN, assignment)
    if request.unit is None and request.basis is None:
        raise Invalid("Name the unit whose duty it is, or the legal basis.")
    if request.unit is not None and request.unit not in context.directory.by_code:
        raise Invalid(f"There is no department with the code {request.unit}.")
    work.record(ReturnProposed(assignment=assignment.id, unit=request.unit, basis=request.basis), reason=request.reason)
    assignment.return_proposed = True
    work.keep(assignment)
    desk_limits.await_decision(work, assignment)
    directory = context.directory
    proposed = to_staff.ReturnProposed(
        department=directory.named(assignment.department_id),
        reason=request.reason,
        unit=directory.named(directory.by_code[request.unit].id) if request.unit is not None else None,
        basis=request.basis,
        assignment=assignment.id,
    )
    work.tell(await recipients.desk((Role.OFFICE,)), proposed)
    await work.save()
    return await work.view()
