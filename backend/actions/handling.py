"""What every action of a handler on an assignment begins with: it is theirs, signed, and still open."""

from __future__ import annotations

from backend import models
from backend.actions.actor import Actor
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract.errors import Forbidden, WrongState
from backend.contract.words import AssignmentState


async def take_up(
    context: Context, actor: Actor, assignment_id: int, action: str, version: int
) -> tuple[TicketWork, models.Assignment]:
    """Raises Forbidden outside the unit or without the role, WrongState unless the assignment is signed."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=version)
    work.require_role(action)
    if assignment.department_id != actor.department_id:
        raise Forbidden
    if assignment.state is not AssignmentState.SIGNED:
        raise WrongState(number=work.ticket.number, state=assignment.state)
    return work, assignment
