"""Hand a ticket to the units that handle it: lead 主办 and assist 协办, in parallel 并行派单."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend import models
from backend.actions import clocks, recipients
from backend.actions.accept import promise
from backend.actions.actor import Actor
from backend.actions.context import Context
from backend.actions.dues import of_ticket
from backend.actions.views import view
from backend.actions.work import TicketWork
from backend.contract.errors import Invalid
from backend.contract.models import DispatchIn, TicketOut
from backend.contract.words import AssignmentRole, AssignmentState, EventKind, TicketState


async def dispatch(context: Context, actor: Actor, number: str, request: DispatchIn) -> TicketOut:
    """By a person at the desk; a ticket not accepted yet is accepted with it."""
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require_role("dispatch")
    units = (request.lead, *request.assists)
    if len(set(units)) != len(units):
        raise Invalid("Each unit can be named only once.")
    newly = work.ticket.state is TicketState.SUBMITTED
    if newly:
        work.record(EventKind.ACCEPTED, policy=context.policy.version)
        work.end(of_ticket(work.ticket), prefix="verify")
    work.require_state(EventKind.DISPATCHED)
    if work.open_assignments:
        raise Invalid("Units are still handling it; decide on their returns first.")
    await hand_out(work, request.lead, request.assists, reason=request.reason, rule="desk")
    if newly:
        await work.tell_contact("accepted_later", **promise(work))
    await work.save()
    return await view(context, actor, work.ticket, work.assignments)


async def hand_out(
    work: TicketWork,
    lead: str,
    assists: Sequence[str],
    *,
    actor: Actor | None = None,
    reason: str | None = None,
    barred: Mapping[int, int] | None = None,
    **why: Any,
) -> None:
    """Make the assignments, their clocks, the event that says by which rule, and tell the units.

    `barred` names, by department, who may not sign because they handled the round before.
    Raises Invalid when a department does not exist.
    """
    barred = barred or {}
    departments = [_department(work.context, code) for code in (lead, *assists)]
    work.record(
        EventKind.DISPATCHED,
        actor=actor,
        reason=reason,
        department_id=departments[0].id,
        lead=lead,
        assists=list(assists),
        round=work.ticket.round,
        **why,
    )
    for department in departments:
        role = AssignmentRole.LEAD if department is departments[0] else AssignmentRole.ASSIST
        assignment = await models.Assignment.create(
            ticket_id=work.ticket.id,
            department_id=department.id,
            role=role,
            state=AssignmentState.DISPATCHED,
            round=work.ticket.round,
            barred_staff_id=barred.get(department.id),
            dispatched_at=work.context.now,
            **clocks.limits(work),
        )
        work.assignments.append(assignment)
        work.plan(clocks.dues(work, assignment))
        await _tell_unit(work, assignment, redo=bool(barred) or work.ticket.round > 1)
    clocks.promise(work)


async def _tell_unit(work: TicketWork, assignment: models.Assignment, *, redo: bool) -> None:
    skipped = [assignment.barred_staff_id] if assignment.barred_staff_id is not None else []
    work.tell(
        await recipients.unit(work.context.directory, assignment.department_id, but=skipped),
        "assigned",
        kind=work.ticket.kind,
        role=assignment.role,
        sign_due=assignment.sign_due.isoformat() if assignment.sign_due else None,
        contact_due=assignment.contact_due.isoformat() if assignment.contact_due else None,
        interim_due=assignment.interim_due.isoformat() if assignment.interim_due else None,
        resolve_due=assignment.resolve_due.isoformat() if assignment.resolve_due else None,
        urgent=work.ticket.urgent,
        assignment=assignment.id,
        redo=redo,
    )


def _department(context: Context, code: str) -> models.Department:
    try:
        return context.directory.by_code[code]
    except KeyError:
        raise Invalid(f"There is no department with the code {code}.") from None
