"""A unit's reply 回复; after the last one the ticket is completed, see `consequences`."""

from __future__ import annotations

from backend.actions.attach import attach
from backend.contract.acts.reply import ReplyIn
from backend.contract.events.part import Replied
from backend.contract.models.tickets import TicketOut
from backend.contract.words import AssignmentState, Permission
from backend.rules.actor import Actor
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def reply(context: Context, actor: Actor, assignment_id: int, request: ReplyIn) -> TicketOut:
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.REPLY, assignment)
    await attach(context, actor, work.ticket.id, request.attachments)
    work.record(
        Replied(assignment=assignment.id, solved=request.solved, attachments=tuple(request.attachments)),
    )
    assignment.state = AssignmentState.REPLIED
    assignment.reply, assignment.solved = request.text, request.solved
    assignment.handler_id = actor.id  # whoever answers stands for it: dissatisfied, the matter goes to somebody else
    assignment.replied_at, assignment.waiting = work.context.now, False
    work.keep(assignment)
    await work.save()
    return await work.view()
