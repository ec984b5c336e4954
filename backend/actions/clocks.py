"""The clocks of a ticket's parts, kept as due rows: set when it is dispatched, stopped and moved by what happens.

All of them go by the policy the ticket was accepted under.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from backend import models
from backend.actions.dues import NewDue, of_assignment, of_ticket, pause_dues
from backend.actions.work import TicketWork
from backend.contract.words import AssignmentState, EventKind, WarningLevel
from backend.database import find
from backend.rules.deadlines import (
    AssignmentClock,
    AssignmentFacts,
    DueKind,
    DuePoint,
    assignment_clock,
    due_points,
    rating_points,
)
from backend.rules.deadlines import (
    verify_limit as verify_point,
)
from backend.rules.warnings import level, severity
from backend.rules.working_time import Due, Pause

_TOLD = "SELECT * FROM event WHERE ticket_id = $1 AND kind = ANY($2) ORDER BY seq"
_PAUSED_KINDS = tuple(kind for kind in DueKind if kind.startswith(("interim", "resolve")))


def verify_limit(work: TicketWork) -> DuePoint:
    """Plan the seat's limit for a ticket that nobody has accepted yet."""
    point = verify_point(work.policy, work.calendar, work.ticket.created_at)
    work.ticket.provisional = point.provisional
    work.plan([_due(of_ticket(work.ticket), point)])
    return point


def limits(work: TicketWork) -> dict[str, Any]:
    """The sign and resolve limits of a part dispatched now, as columns of its assignment."""
    clock = _clock(work, AssignmentFacts(dispatched_at=work.context.now))
    return {"sign_due": clock.sign.at, **_running(clock)}


def dues(work: TicketWork, assignment: models.Assignment) -> list[NewDue]:
    """The due rows of a part dispatched now."""
    facts = AssignmentFacts(dispatched_at=work.context.now)
    return _points(work, assignment, _clock(work, facts), facts)


def promise(work: TicketWork) -> None:
    """Set the ticket's promised time to the latest limit of its parts; it does not change while a clock stands.

    It is provisional as long as any of these limits is, also one that a pause has put off into an undecreed year.
    """
    spans = [(one.dispatched_at, one.resolve_due) for one in work.current if one.resolve_due is not None]
    work.ticket.accepted_at = work.ticket.accepted_at or work.context.now
    if spans:
        work.ticket.promised_at = max(end for _, end in spans)
        work.ticket.provisional = any(work.calendar.is_guessed(begin, end) for begin, end in spans)


async def restart(work: TicketWork, assignment: models.Assignment) -> None:
    """Reckon the part's clock again from its events; call after signing. The caller keeps the assignment."""
    facts = await _facts(work, assignment)
    clock = _clock(work, facts)
    assignment.sign_due = clock.sign.at
    assignment.update_from_dict(_running(clock))
    work.plan(_points(work, assignment, clock, facts))
    promise(work)


async def pause(work: TicketWork, assignment: models.Assignment) -> None:
    """Stop the clocks that run: the ticket waits for the enterprise."""
    assignment.waiting, assignment.interim_due, assignment.resolve_due = True, None, None
    work.keep(assignment)
    await pause_dues(of_assignment(assignment), _PAUSED_KINDS)


def contacted(work: TicketWork, assignment: models.Assignment) -> None:
    """The unit got in touch with the enterprise: that limit is kept, or was kept late."""
    if assignment.contacted_at is None:
        assignment.contacted_at = work.context.now
        work.keep(assignment)
        work.end(of_assignment(assignment), prefix="contact")


async def lift(work: TicketWork, assignment: models.Assignment) -> None:
    """Lower the part's warning to what still gives cause for one."""
    now = await colour(work, assignment)
    if assignment.warning is not None and severity(now) < severity(assignment.warning):
        work.record(EventKind.WARNING_LIFTED, assignment=assignment.id, level=assignment.warning)
        assignment.warning = now
        work.keep(assignment)


async def resume(work: TicketWork, assignment: models.Assignment) -> None:
    """Let the clock go on, later by the time it stood; a warning that no longer holds is lifted.

    One for a limit that was near when the clock stopped holds: as much of it is left as then, and none is raised twice.
    """
    assignment.waiting = False
    await restart(work, assignment)
    await lift(work, assignment)
    work.keep(assignment)


async def colour(work: TicketWork, assignment: models.Assignment) -> WarningLevel | None:
    """The worst warning the rules give a part now: by its sign limit until it is signed, then by its resolve limit;
    and by contact and interim answer while they are owed.

    Those two alone are never red: what they put off is not lost yet. While the part waits, it is as if the enterprise
    answered now.
    """
    facts = await _facts(work, assignment)
    facts = replace(facts, pauses=tuple(Pause(one.start, one.end or work.context.now) for one in facts.pauses))
    clock = _clock(work, facts)
    unsigned = assignment.state is AssignmentState.DISPATCHED
    limit = clock.sign if unsigned else clock.resolve
    begin = assignment.dispatched_at if unsigned else clock.resolve_from
    contact = None if facts.contacted else _level(work, assignment, facts, clock.contact_from, clock.contact)
    interim = None if facts.interim_given else _level(work, assignment, facts, clock.interim_from, clock.interim)
    early = max((contact, interim), key=severity)
    main = _level(work, assignment, facts, begin, limit)
    return max((main, WarningLevel.YELLOW if early is WarningLevel.RED else early), key=severity)


def _level(
    work: TicketWork, assignment: models.Assignment, facts: AssignmentFacts, begin: datetime, limit: Due | None
) -> WarningLevel | None:
    if limit is None:
        return None
    calendar, now = work.calendar, work.context.now
    return level(
        calendar.elapsed(begin, now, facts.pauses),
        calendar.elapsed(begin, limit.at, facts.pauses),
        blocked=assignment.return_proposed,
        urgent=work.ticket.urgent,
        rules=work.policy.warnings,
        overdue=now >= limit.at,
    )


def _running(clock: AssignmentClock) -> dict[str, datetime | None]:
    """The limits that may stand still, as columns of the assignment."""
    found = {"contact_due": clock.contact, "interim_due": clock.interim, "resolve_due": clock.resolve}
    return {name: limit.at if limit else None for name, limit in found.items()}


def rating_dues(work: TicketWork) -> list[NewDue]:
    points = rating_points(work.policy, work.calendar, work.context.now, work.ticket.round)
    return [_due(of_ticket(work.ticket), point) for point in points]


def replay_pauses(events: Sequence[tuple[str, datetime, int | None]], assignment_id: int) -> tuple[Pause, ...]:
    """The times a part waited for the enterprise, from its ASKED and ANSWERED events (kind, time, assignment) in order.

    It waits from the first open question until the last one is answered.
    """
    pauses: list[Pause] = []
    open_questions, since = 0, None
    for kind, at, about in events:
        if about != assignment_id:
            continue
        if kind is EventKind.ASKED:
            open_questions += 1
            since = since or at
        elif kind is EventKind.ANSWERED and open_questions:
            open_questions -= 1
            if not open_questions and since is not None:
                pauses.append(Pause(since, at))
                since = None
    if since is not None:
        pauses.append(Pause(since, None))
    return tuple(pauses)


async def _facts(work: TicketWork, assignment: models.Assignment) -> AssignmentFacts:
    kinds = [EventKind.ASKED, EventKind.ANSWERED]
    told: list[tuple[str, datetime, int | None]]
    told = [(row.kind, row.at, _about(row.data)) for row in await find(models.Event, _TOLD, work.ticket.id, kinds)]
    told += [(kind, work.context.now, _about(data)) for kind, data in work.unsaved(kinds)]
    return AssignmentFacts(
        dispatched_at=assignment.dispatched_at,
        signed_at=assignment.signed_at,
        pauses=replay_pauses(told, assignment.id),
        contacted=assignment.contacted_at is not None,
        interim_given=assignment.interim_at is not None,
    )


def _about(data: dict[str, object]) -> int | None:
    value = data.get("assignment")
    return value if isinstance(value, int) else None


def _clock(work: TicketWork, facts: AssignmentFacts) -> AssignmentClock:
    return assignment_clock(work.policy, work.calendar, work.ticket.kind, work.ticket.scenario, facts)


def _points(
    work: TicketWork, assignment: models.Assignment, clock: AssignmentClock, facts: AssignmentFacts
) -> list[NewDue]:
    if assignment.state not in (AssignmentState.DISPATCHED, AssignmentState.SIGNED):
        return []
    points = due_points(work.policy, work.calendar, clock, facts)
    return [_due(of_assignment(assignment), point) for point in points]


def _due(subject: str, point: DuePoint) -> NewDue:
    return NewDue(subject, point.kind.value, str(point.period), point.at)
