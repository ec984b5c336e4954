"""The clocks of a ticket's parts, kept as due rows: set when it is dispatched, stopped and moved by what happens.

All of them go by the policy the ticket was accepted under.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend import models
from backend.contract import events
from backend.contract.events.clocks import WarningLifted
from backend.contract.events.questions import AboutQuestion
from backend.contract.words import AssignmentState, WarningLevel
from backend.rules import lifecycle, questions
from backend.rules.deadlines import (
    AssignmentClock,
    AssignmentFacts,
    DueKind,
    DuePoint,
    assignment_clock,
    due_points,
)
from backend.rules.deadlines import (
    rating_points as points_of_rating,
)
from backend.rules.deadlines import (
    verify_limit as verify_point,
)
from backend.rules.waiting import Subject, Watch
from backend.rules.warnings import level, severity
from backend.rules.working_time import Due, Pause
from backend.storage.dues import NewDue, of_assignment, of_ticket
from backend.work.ticket_work import TicketWork


def verify_limit(work: TicketWork, pauses: Sequence[Pause] = ()) -> DuePoint:
    """Plan the seat's limit for a ticket that nobody has accepted yet."""
    point = verify_point(work.policy, work.calendar, work.ticket.created_at, pauses)
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
    """Set the ticket's promised time to the lead's limit; without a lead, to the latest of those at it, if none is set.

    It does not change while the lead's clock stands. It is provisional as long as any limit is, also one that a pause
    has put off into an undecreed year.
    """
    spans = [(one.dispatched_at, one.resolve_due) for one in work.current if one.resolve_due is not None]
    work.ticket.accepted_at = work.ticket.accepted_at or work.context.now
    if work.lead is not None:
        work.ticket.promised_at = work.lead.resolve_due or work.ticket.promised_at
    elif spans and work.ticket.promised_at is None:
        work.ticket.promised_at = max(end for _, end in spans)
    if spans:
        work.ticket.provisional = any(work.calendar.is_guessed(begin, end) for begin, end in spans)


async def restart(work: TicketWork, assignment: models.Assignment) -> None:
    """Reckon the part's clock again from its events; call after signing and after whatever stops or moves it. The
    caller keeps the assignment.

    While it waits for the enterprise, its limits are not shown; the due rows stand where they are if nobody answers, so
    that no clock can stop for good.
    """
    found = await standing(work, assignment)
    facts = _facts(assignment, found)
    clock = _clock(work, facts)
    assignment.sign_due = clock.sign.at
    assignment.update_from_dict(_running(clock))
    assignment.waiting = found.waits(work.context.now)
    if assignment.waiting:
        assignment.interim_due, assignment.resolve_due = None, None
    work.plan(_points(work, assignment, clock, facts))
    work.plan(pause_end(work, of_assignment(assignment), found))
    promise(work)


async def standing(work: TicketWork, assignment: models.Assignment | None) -> questions.Standing:
    """What the questions of a part, or those of the desk, do to its clock, by events, those of this work among them."""
    asker = None if assignment is None else assignment.id
    own = [
        questions.Told(event.kind, row.at, event.question)
        for row in work.history
        if isinstance(event := events.read(row.kind, row.data), AboutQuestion) and event.assignment == asker
    ]
    return questions.replay(own, work.policy.questions, work.calendar)


def pause_end(work: TicketWork, subject: Subject, found: questions.Standing) -> list[NewDue]:
    """When the clock goes on though a question is still open; where that one ends there, `QUESTION_END` does it."""
    until = found.until(work.context.now)
    if until is None or until in found.limits:
        return []
    return [NewDue(subject, DueKind.PAUSE_END, str(int(until.timestamp())), until)]


def question_dues(work: TicketWork, question: models.Question) -> list[NewDue]:
    """What is to be done about a question just asked, if it is not answered."""
    rules, asked = work.policy.questions, question.asked_at
    points = (
        (DueKind.QUESTION_SHOWN, questions.shown_limit(asked, rules, work.calendar)),
        (DueKind.QUESTION_REMINDER, questions.reminder(asked, rules, work.calendar)),
        (DueKind.QUESTION_END, questions.answer_limit(asked, rules, work.calendar)),
    )
    return [NewDue(Subject.question(question.id), kind, "0", at) for kind, at in points]


def contacted(work: TicketWork, assignment: models.Assignment) -> None:
    """The unit got in touch with the enterprise: that limit is kept, or was kept late."""
    if assignment.contacted_at is None:
        assignment.contacted_at = work.context.now
        work.keep(assignment)
        work.end(of_assignment(assignment), only=Watch.CONTACT)


async def lift(work: TicketWork, assignment: models.Assignment) -> None:
    """Lower the part's warning to what still gives cause for one; nothing does once the unit owes nothing."""
    if assignment.warning is None:
        return
    now = await colour(work, assignment) if assignment.state in lifecycle.OPEN_PARTS else None
    if severity(now) < severity(assignment.warning):
        work.record(WarningLifted(assignment=assignment.id, level=assignment.warning))
        assignment.warning = now
        work.keep(assignment)


async def resume(work: TicketWork, assignment: models.Assignment) -> None:
    """Stop the clock or let it go on, as its questions now have it; a warning that no longer holds is lifted.

    One for a limit that was near when the clock stopped holds: as much of it is left as then, and none is raised twice.
    """
    await restart(work, assignment)
    await lift(work, assignment)
    work.keep(assignment)


async def colour(work: TicketWork, assignment: models.Assignment) -> WarningLevel | None:
    """The worst warning the rules give a part now: by its sign limit until it is signed, then by its resolve limit;
    and by contact and interim answer while they are owed.

    Those two alone are never red: what they put off is not lost yet. While the part waits, it is as if the enterprise
    answered now.
    """
    facts = _facts(assignment, (await standing(work, assignment)).as_if_answered(work.context.now))
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


def rating_points(work: TicketWork) -> tuple[DuePoint, ...]:
    """What is to be done about the rating of a ticket that is completed, if nobody gives it."""
    assert work.ticket.completed_at is not None
    return points_of_rating(work.policy, work.calendar, work.ticket.completed_at, work.ticket.round)


def rating_dues(work: TicketWork) -> list[NewDue]:
    return [_due(of_ticket(work.ticket), point) for point in rating_points(work)]


def _facts(assignment: models.Assignment, found: questions.Standing) -> AssignmentFacts:
    return AssignmentFacts(
        dispatched_at=assignment.dispatched_at,
        signed_at=assignment.signed_at,
        pauses=found.pauses,
        contacted=assignment.contacted_at is not None,
        interim_given=assignment.interim_at is not None,
    )


def _clock(work: TicketWork, facts: AssignmentFacts) -> AssignmentClock:
    return assignment_clock(work.policy, work.calendar, work.ticket.kind, work.ticket.scenario, facts)


def _points(
    work: TicketWork, assignment: models.Assignment, clock: AssignmentClock, facts: AssignmentFacts
) -> list[NewDue]:
    if assignment.state not in lifecycle.OPEN_PARTS:
        return []
    points = due_points(work.policy, work.calendar, clock, facts)
    return [_due(of_assignment(assignment), point) for point in points]


def _due(subject: Subject, point: DuePoint) -> NewDue:
    return NewDue(subject, point.kind, str(point.period), point.at)
