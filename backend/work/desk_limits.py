"""Limits of the desks: whatever waits for a person there has a due row, which comes again until somebody acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

from backend import models
from backend.contract.events.clocks import Escalated
from backend.contract.notices import to_staff
from backend.contract.words import DeskStep, Role, TicketState
from backend.rules.actor import SYSTEM
from backend.rules.deadlines import DueKind, dispatch_limit, verify_limit
from backend.rules.policy.section import Span
from backend.rules.roles import DESK
from backend.rules.waiting import Subject
from backend.storage import dues
from backend.storage.dues import NewDue, of_assignment, of_ticket
from backend.work import clocks, recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

_BEFORE_DISPATCH = (DueKind.VERIFY_LIMIT, DueKind.DISPATCH_LIMIT)
"""Limits that questions of the desk stop."""
_ABOVE = (Role.OFFICE, Role.SUPERVISOR)
"""Who is told once the desk itself was."""


async def await_dispatch(work: TicketWork) -> None:
    """The ticket lies on the dispatch desk from now on; harmless to repeat. A question of the desk that is still open
    stops this clock from its start.
    """
    pauses = (await clocks.standing(work, None)).pauses if work.ticket.waiting else ()
    limit = dispatch_limit(work.policy, work.calendar, work.context.now, pauses)
    work.plan([NewDue(of_ticket(work.ticket), DueKind.DISPATCH_LIMIT, str(work.ticket.version), limit.at)])


def await_decision(work: TicketWork, part: models.Assignment) -> None:
    """The office has to decide on the return of this part."""
    _plan(work, of_assignment(part), DueKind.DECIDE_LIMIT, str(work.ticket.version), work.policy.limits.decide)


def await_call(work: TicketWork) -> None:
    """The person waits for a call back."""
    _plan(work, of_ticket(work.ticket), DueKind.CALL_BACK_LIMIT, "1", work.policy.limits.call_back)


async def resume(work: TicketWork) -> None:
    """Stop the desk's clock before dispatch or let it go on, as its questions now have it. A limit that has passed, and
    was told of, stays: asking late does not cure being late.
    """
    found = await clocks.standing(work, None)
    work.ticket.waiting = found.waits(work.context.now)
    if work.ticket.state is TicketState.SUBMITTED:
        clocks.verify_limit(work, found.pauses)
    for period, came_at in await dues.dispatch_limits(work.ticket.id):
        limit = dispatch_limit(work.policy, work.calendar, came_at, found.pauses)
        work.plan([NewDue(of_ticket(work.ticket), DueKind.DISPATCH_LIMIT, period, limit.at)])
    work.plan(clocks.pause_end(work, of_ticket(work.ticket), found))


async def overdue(context: Context, due: models.Due) -> None:
    """Tell the desk, then those above it, as long as what it waits for has not happened."""
    subject, kind = Subject.parse(due.subject), DueKind(due.kind)
    find, waits, desk = _DESKS[kind]
    work, part = await find(context, due)
    if not waits(work, part):
        return
    first, _, times = due.period.partition(".")
    said = int(times or 0)
    limit = None if said else await _moved(work, due)
    if limit is not None and limit > work.context.now:  # the days worked were decreed since
        work.plan([NewDue(subject, kind, f"{first}.{times}0", limit)])
        await work.save()
        return
    if not (said and work.ticket.waiting and kind in _BEFORE_DISPATCH):
        what = DeskStep(due.kind.removesuffix("_limit"))
        work.record(Escalated(what=what) if part is None else Escalated(what=what, assignment=part.id))
        work.tell(await recipients.desk(_ABOVE if said else desk), to_staff.DeskOverdue(what=what))
    _plan(work, subject, kind, f"{first}.{said + 1}", work.policy.escalation.again_after)
    await work.save()


async def _moved(work: TicketWork, due: models.Due) -> datetime | None:
    """Where this limit before dispatch stands by the days known now; None for any other limit."""
    if due.kind not in _BEFORE_DISPATCH:
        return None
    pauses = (await clocks.standing(work, None)).pauses
    if due.kind == DueKind.VERIFY_LIMIT:
        return verify_limit(work.policy, work.calendar, work.ticket.created_at, pauses).at
    came = [at for period, at in await dues.dispatch_limits(work.ticket.id) if period == due.period]
    return dispatch_limit(work.policy, work.calendar, came[0], pauses).at if came else None


def _plan(work: TicketWork, subject: Subject, kind: DueKind, period: str, within: Span) -> None:
    limit = work.calendar.add(work.context.now, within.span())
    assert limit is not None  # no pauses
    work.plan([NewDue(subject, kind, period, limit.at)])


async def _ticket(context: Context, due: models.Due) -> tuple[TicketWork, None]:
    return await TicketWork.on_id(context, SYSTEM, Subject.parse(due.subject).number), None


async def _part(context: Context, due: models.Due) -> tuple[TicketWork, models.Assignment]:
    return await TicketWork.on_assignment(context, SYSTEM, Subject.parse(due.subject).number)


def _unverified(work: TicketWork, _: models.Assignment | None) -> bool:
    return work.ticket.state is TicketState.SUBMITTED


def _undispatched(work: TicketWork, _: models.Assignment | None) -> bool:
    """Nobody leads it: never sent out, sent back, or left to assisting units."""
    return work.at_desk and work.ticket.state is not TicketState.SUBMITTED


def _undecided(work: TicketWork, part: models.Assignment | None) -> bool:
    return part is not None and part in work.open_assignments and part.return_proposed


def _uncalled(work: TicketWork, _: models.Assignment | None) -> bool:
    return work.ticket.callback and work.allows(Escalated)


_Find = Callable[[Context, models.Due], Awaitable[tuple[TicketWork, models.Assignment | None]]]
_Waits = Callable[[TicketWork, models.Assignment | None], bool]

_DESKS: Mapping[DueKind, tuple[_Find, _Waits, Collection[Role]]] = {
    DueKind.VERIFY_LIMIT: (_ticket, _unverified, DESK),
    DueKind.DISPATCH_LIMIT: (_ticket, _undispatched, DESK),
    DueKind.DECIDE_LIMIT: (_part, _undecided, (Role.OFFICE,)),
    DueKind.CALL_BACK_LIMIT: (_ticket, _uncalled, (Role.SEAT, Role.DISPATCHER)),
}
