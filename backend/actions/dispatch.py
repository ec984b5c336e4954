"""Dispatch by a person at the desk 派单: the units as they name them."""

from __future__ import annotations

from backend.actions.accept import promise
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.errors import Invalid, WrongState
from backend.contract.events.desk import Accepted
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise
from backend.contract.words import Permission, TicketState
from backend.rules.actor import Actor
from backend.work.assigning import hand_out
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def dispatch(context: Context, actor: Actor, number: str, request: DispatchIn) -> TicketOut:
    """A ticket not accepted yet is accepted with it; one whose lead was returned gets another while others assist."""
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.DISPATCH)
    units = (request.lead, *request.assists)
    if len(set(units)) != len(units):
        raise Invalid("Each unit can be named only once.")
    newly = work.ticket.state is TicketState.SUBMITTED
    if newly:
        work.record(Accepted())
    if work.open_assignments and work.lead is not None:
        reason = "Units are still handling it; decide on their returns first."
        raise WrongState(reason, number=number, state=work.ticket.state)
    at_it = {context.directory.departments[one.department_id].code for one in work.open_assignments}
    if at_it & set(units):
        raise Invalid(f"Handling it already: {', '.join(sorted(at_it & set(units)))}.")
    await hand_out(work, request.lead, request.assists, reason=request.reason, rule="desk")
    if newly:
        await work.tell_contact(to_enterprise.AcceptedLater(**promise(work)))
    await work.save()
    return await work.view()
