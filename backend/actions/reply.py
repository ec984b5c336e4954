"""A unit's reply 回复; when the last open unit has replied, the ticket is completed with the joint answer.

Not without a lead: where it was returned and the assisting units alone have replied, the desk names another first.
"""

from __future__ import annotations

from backend.actions.attach import attach
from backend.actions.complete import complete_jointly
from backend.actions.context import Context
from backend.actions.dues import of_assignment
from backend.actions.work import TicketWork
from backend.contract.acts.reply import ReplyIn
from backend.contract.events.clocks import WarningLifted
from backend.contract.events.part import Replied
from backend.contract.models.tickets import TicketOut
from backend.contract.words import AssignmentState, Permission
from backend.rules.actor import Actor


async def reply(context: Context, actor: Actor, assignment_id: int, request: ReplyIn) -> TicketOut:
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.REPLY, assignment)
    await attach(context, actor, work.ticket.id, request.attachments)
    work.record(
        Replied(assignment=assignment.id, solved=request.solved, attachments=tuple(request.attachments)),
    )
    if assignment.warning is not None:
        work.record(WarningLifted(assignment=assignment.id, level=assignment.warning))
    assignment.state = AssignmentState.REPLIED
    assignment.reply, assignment.solved = request.text, request.solved
    assignment.handler_id = actor.id  # whoever answers stands for it: dissatisfied, the matter goes to somebody else
    assignment.replied_at, assignment.waiting, assignment.warning = context.now, False, None
    work.keep(assignment)
    work.end(of_assignment(assignment))
    if not work.open_assignments and work.lead is not None:
        await complete_jointly(work)
    await work.save()
    return await work.view()
