"""What every action of a handler on an assignment begins with: it is theirs, signed, and still open."""

from __future__ import annotations

from backend import models
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract.errors import Forbidden, WrongState
from backend.contract.words import AssignmentState
from backend.rules.actor import Actor


async def take_up(
    context: Context, actor: Actor, assignment_id: int, action: str, version: int
) -> tuple[TicketWork, models.Assignment]:
    """Raises Forbidden outside the unit, without the role, or for who answered before; WrongState unless signed.

    A colleague's signature does not open it to them: done again 二次转办 means by somebody else to the end.
    """
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=version)
    work.require_role(action)
    if assignment.department_id != actor.department_id:
        raise Forbidden
    refuse_barred(actor, assignment)
    if assignment.state is not AssignmentState.SIGNED:
        raise WrongState(number=work.ticket.number, state=assignment.state)
    return work, assignment


def refuse_barred(actor: Actor, assignment: models.Assignment) -> None:
    """Raises Forbidden for whose answer of the round before the person was dissatisfied with."""
    if assignment.barred_staff_id == actor.id:
        raise Forbidden("You handled this matter last time; a colleague has to do it now.", barred=True)
