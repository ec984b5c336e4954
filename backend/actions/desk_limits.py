"""Limits of the desks: whatever waits for a person there has a due row, which comes again until somebody acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping

from backend import models
from backend.actions import recipients
from backend.actions.actor import SYSTEM
from backend.actions.context import Context
from backend.actions.dues import NewDue, of_assignment, of_ticket
from backend.actions.work import TicketWork
from backend.contract.words import EventKind, Role, TicketState
from backend.rules.deadlines import DueKind
from backend.rules.policy import Span
from backend.rules.roles import DESK

_ABOVE = (Role.OFFICE, Role.SUPERVISOR)
"""Who is told once the desk itself was."""


def await_dispatch(work: TicketWork) -> None:
    """The ticket lies on the dispatch desk from now on; harmless to repeat."""
    _plan(work, of_ticket(work.ticket), DueKind.DISPATCH_LIMIT, str(work.ticket.version), work.policy.limits.dispatch)


def await_decision(work: TicketWork, part: models.Assignment) -> None:
    """The office has to decide on the return of this part."""
    _plan(work, of_assignment(part), DueKind.DECIDE_LIMIT, str(work.ticket.version), work.policy.limits.decide)


def await_call(work: TicketWork) -> None:
    """The person waits for a call back."""
    _plan(work, of_ticket(work.ticket), DueKind.CALL_BACK_LIMIT, "1", work.policy.limits.call_back)


async def overdue(context: Context, due: models.Due) -> None:
    """Tell the desk, then those above it, as long as what it waits for has not happened."""
    find, waits, desk = _DESKS[due.kind]
    work, part = await find(context, due)
    if not waits(work, part):
        return
    first, _, times = due.period.partition(".")
    said = int(times or 0)
    what = due.kind.removesuffix("_limit")
    data = {} if part is None else {"assignment": part.id}
    work.record(EventKind.ESCALATED, what=what, **data)
    work.tell(await recipients.desk(_ABOVE if said else desk), "desk_overdue", what=what)
    _plan(work, due.subject, due.kind, f"{first}.{said + 1}", work.policy.escalation.again_after)
    await work.save()


def _plan(work: TicketWork, subject: str, kind: str, period: str, within: Span) -> None:
    limit = work.calendar.add(work.context.now, within.span())
    assert limit is not None  # no pauses
    work.plan([NewDue(subject, kind, period, limit.at)])


async def _ticket(context: Context, due: models.Due) -> tuple[TicketWork, None]:
    return await TicketWork.on_id(context, SYSTEM, int(due.subject[1:])), None


async def _part(context: Context, due: models.Due) -> tuple[TicketWork, models.Assignment]:
    return await TicketWork.on_assignment(context, SYSTEM, int(due.subject[1:]))


def _unverified(work: TicketWork, _: models.Assignment | None) -> bool:
    return work.ticket.state is TicketState.SUBMITTED


def _undispatched(work: TicketWork, _: models.Assignment | None) -> bool:
    """Nobody leads it: never sent out, sent back, or left to assisting units."""
    without_lead = work.ticket.state is TicketState.HANDLING and work.lead is None
    return work.ticket.state is TicketState.ACCEPTED or without_lead


def _undecided(work: TicketWork, part: models.Assignment | None) -> bool:
    return part is not None and part in work.open_assignments and part.return_proposed


def _uncalled(work: TicketWork, _: models.Assignment | None) -> bool:
    return work.ticket.callback and work.allows(EventKind.ESCALATED)


_Find = Callable[[Context, models.Due], Awaitable[tuple[TicketWork, models.Assignment | None]]]
_Waits = Callable[[TicketWork, models.Assignment | None], bool]

_DESKS: Mapping[str, tuple[_Find, _Waits, Collection[Role]]] = {
    DueKind.VERIFY_LIMIT: (_ticket, _unverified, DESK),
    DueKind.DISPATCH_LIMIT: (_ticket, _undispatched, DESK),
    DueKind.DECIDE_LIMIT: (_part, _undecided, (Role.OFFICE,)),
    DueKind.CALL_BACK_LIMIT: (_ticket, _uncalled, (Role.SEAT, Role.DISPATCHER)),
}
