"""Hand a ticket to the units that handle it: lead 主办 and assist 协办, in parallel 并行派单."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend import models
from backend.contract.errors import Invalid
from backend.contract.events.desk import Dispatched
from backend.contract.notices import to_staff
from backend.contract.words import AssignmentRole, AssignmentState
from backend.rules.actor import SYSTEM, Actor
from backend.rules.duties import DutyMatch, match
from backend.work import clocks, dissatisfaction, recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


def duty_of(context: Context, ticket: models.Ticket) -> DutyMatch | None:
    """The duty-list entry that settles who handles it; None when a person has to decide."""
    if ticket.unclear:
        return None
    today = context.now.astimezone(context.timezone).date()
    found = match(context.directory.duties, ticket.scenario, context.directory.district_path(ticket.district_id), today)
    if not isinstance(found, DutyMatch):
        return None
    known = context.directory.by_code
    return found if all(code in known for code in (found.lead, *found.assists)) else None


async def hand_out_by_duty(work: TicketWork, duty: DutyMatch) -> None:
    """To the units of its duty-list entry, which nobody has to choose."""
    await hand_out(work, duty.lead, duty.assists, actor=SYSTEM, rule=duty.rule, duty=duty.entry.id)


async def hand_out(
    work: TicketWork,
    lead: str | None,
    assists: Sequence[str],
    *,
    actor: Actor | None = None,
    reason: str | None = None,
    barred: Mapping[int, int] | None = None,
    **by: Any,
) -> None:
    """Make the assignments, their clocks, the event that says by which rule, and tell the units.

    Without a `lead` units join those that handle it already. `barred` names, by department, who may not sign because
    they handled the round before.
    Raises Invalid when a department does not exist.
    """
    barred = barred or {}
    departments = [_department(work.context, code) for code in (lead, *assists) if code is not None]
    event = Dispatched(lead=lead, assists=tuple(assists), round=work.ticket.round, **by)
    work.record(event, actor=actor, reason=reason, department_id=departments[0].id)
    reason_before = await dissatisfaction.told(work)
    ids = await work.part_ids(len(departments))
    for id_, department in zip(ids, departments, strict=True):
        role = AssignmentRole.LEAD if department.code == lead else AssignmentRole.ASSIST
        assignment = models.Assignment(
            id=id_,
            ticket_id=work.ticket.id,
            department_id=department.id,
            role=role,
            state=AssignmentState.DISPATCHED,
            round=work.ticket.round,
            barred_staff_id=barred.get(department.id),
            dispatched_at=work.context.now,
            **clocks.limits(work),
        )
        work.add(assignment)
        work.plan(clocks.dues(work, assignment))
        await _tell_unit(work, assignment, reason_before)
    clocks.promise(work)


async def _tell_unit(
    work: TicketWork, assignment: models.Assignment, reason_before: to_staff.Dissatisfaction | None
) -> None:
    skipped = [assignment.barred_staff_id] if assignment.barred_staff_id is not None else []
    assigned = to_staff.Assigned(
        kind=work.ticket.kind,
        role=assignment.role,
        sign_due=assignment.sign_due,
        contact_due=assignment.contact_due,
        interim_due=assignment.interim_due,
        resolve_due=assignment.resolve_due,
        urgent=work.ticket.urgent,
        assignment=assignment.id,
        redo=work.ticket.round > 1,
        dissatisfaction=reason_before,
    )
    work.tell(await recipients.unit(work.context.directory, assignment.department_id, but=skipped), assigned)


def _department(context: Context, code: str) -> models.Department:
    try:
        return context.directory.by_code[code]
    except KeyError:
        raise Invalid(f"There is no department with the code {code}.") from None
