"""Sign for an assignment 签收: the unit takes it, and this handler answers for it."""

from __future__ import annotations

from backend.contract.acts.sign import SignIn
from backend.contract.events.part import Signed
from backend.contract.models.tickets import TicketOut
from backend.contract.words import AssignmentState, Permission
from backend.rules.actor import Actor
from backend.rules.waiting import Watch
from backend.storage.dues import of_assignment
from backend.work import clocks
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def sign(context: Context, actor: Actor, assignment_id: int, request: SignIn) -> TicketOut:
    """Raises Forbidden for the handler of the round before: a second dispatch 二次转办 needs another."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.SIGN, assignment)
    work.record(Signed(assignment=assignment.id))
    assignment.state = AssignmentState.SIGNED
    assignment.handler_id = actor.id
    assignment.signed_at = work.context.now
    work.end(of_assignment(assignment), only=Watch.SIGN)
    await clocks.restart(work, assignment)
    work.keep(assignment)
    await work.save()
    return await work.view()
