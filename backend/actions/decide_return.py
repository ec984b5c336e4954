"""The office decides on a proposed return: approved, another unit takes the part; refused, the clock never stopped."""

from __future__ import annotations

from backend import models
from backend.actions import desk_limits, recipients
from backend.actions.assigning import hand_out
from backend.actions.complete import complete_jointly
from backend.actions.context import Context
from backend.actions.dues import of_assignment
from backend.actions.work import TicketWork
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.events.part import ReturnApproved, ReturnRefused
from backend.contract.models.tickets import TicketOut
from backend.contract.words import AssignmentRole, AssignmentState, Permission
from backend.rules.actor import Actor


async def decide_return(context: Context, actor: Actor, assignment_id: int, request: DecideReturnIn) -> TicketOut:
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.DECIDE_RETURN, assignment)
    assignment.return_proposed = False
    if request.approve:
        assignment.state, assignment.waiting, assignment.warning = AssignmentState.RETURNED, False, None
    work.keep(assignment)
    work.end(of_assignment(assignment), prefix="" if request.approve else "decide")
    decided = ReturnApproved if request.approve else ReturnRefused
    others_open = bool(work.open_assignments)
    work.record(decided(assignment=assignment.id, others_open=others_open), reason=request.reason)
    work.tell(
        await recipients.unit(context.directory, assignment.department_id),
        "return_decided",
        approve=request.approve,
        reason=request.reason,
    )
    if request.approve:
        await _go_on(work, assignment, request)
    await work.save()
    return await work.view()


async def _go_on(work: TicketWork, returned: models.Assignment, request: DecideReturnIn) -> None:
    """The unit named takes the returned part, as the assisting one it was, else as lead. With none named, a matter that
    has lost its lead is the desk's, and one that waited for this part alone is answered.
    """
    if request.lead is not None and returned.role is AssignmentRole.ASSIST and work.lead is not None:
        await hand_out(work, None, [request.lead], reason=request.reason, rule="return")
    elif request.lead is not None:
        await hand_out(work, request.lead, [], reason=request.reason, rule="return")
    elif work.lead is None:
        work.tell(await recipients.desk(), "desk", kind=work.ticket.kind, urgent=work.ticket.urgent)
        await desk_limits.await_dispatch(work)
    elif not work.open_assignments:
        await complete_jointly(work)
