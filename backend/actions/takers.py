"""To whom a leader may hand what a colleague handles."""

from __future__ import annotations

from backend import models
from backend.contract.models.staff import ColleagueList, ColleagueOut
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.rules.roles import UNIT
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def list_takers(context: Context, actor: Actor, assignment_id: int) -> ColleagueList:
    """Raises Forbidden or WrongState where the actor may not hand it to anybody."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id)
    work.require(Permission.REASSIGN, assignment)
    found = await of(assignment)
    return ColleagueList(items=[ColleagueOut(id=one.id, username=one.username, name=one.name) for one in found])


async def of(assignment: models.Assignment) -> list[models.Staff]:
    """Who handles matters of the unit, without who handles this one, and without who answered it before (二次转办)."""
    staff = models.Staff.filter(department_id=assignment.department_id, active=True).order_by("name", "id")
    never = {assignment.handler_id, assignment.barred_staff_id}
    return [one for one in await staff if one.id not in never and {*one.roles} & UNIT]
