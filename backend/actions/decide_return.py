"""The office decides on a proposed return: approved, another unit takes the part; refused, the clock never stopped."""

from __future__ import annotations

from backend import models
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.events.part import ReturnApproved, ReturnRefused
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import AssignmentRole, AssignmentState, Permission
from backend.rules.actor import Actor
from backend.work import recipients
from backend.work.assigning import hand_out
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def decide_return(context: Context, actor: Actor, assignment_id: int, request: DecideReturnIn) -> TicketOut:
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.DECIDE_RETURN, assignment)
    assignment.return_proposed = False
    if request.approve:
        assignment.state, assignment.waiting, assignment.warning = AssignmentState.RETURNED, False, None
    work.keep(assignment)
    decided = ReturnApproved if request.approve else ReturnRefused
    others_open = bool(work.open_assignments)
    work.record(decided(assignment=assignment.id, others_open=others_open), reason=request.reason)
    work.tell(
        await recipients.unit(context.directory, assignment.department_id),
        to_staff.ReturnDecided(approve=request.approve, reason=request.reason),
    )
    if request.approve and request.lead is not None:
        await _hand_over(work, assignment, request.lead, request.reason)
    await work.save()
    return await work.view()


async def _hand_over(work: TicketWork, returned: models.Assignment, unit: str, reason: str) -> None:
    """The unit named takes the returned part, as the assisting one it was, else as lead."""
    if returned.role is AssignmentRole.ASSIST and work.lead is not None:
        await hand_out(work, None, [unit], reason=reason, rule="return")
    else:
        await hand_out(work, unit, [], reason=reason, rule="return")
