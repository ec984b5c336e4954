"""What follows from an event, whoever recorded it: done when the work is saved, in the same transaction.

An act changes what it is about; the rest is here. A rule gets the work and the event, changes the work and may record
events, from which more follows. It asks the database for little, and does nothing outside of the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from backend.actions import calls
from backend.actions.complete import complete_jointly
from backend.contract import phone
from backend.contract.events import Event
from backend.contract.events.desk import Accepted, Called, Closed, Completed, Dispatched, Rejected
from backend.contract.events.filing import Withdrawn
from backend.contract.events.part import Contacted, Interim, Replied, ReturnApproved, ReturnRefused, Signed
from backend.contract.events.questions import AboutQuestion, Answered, Asked, Unanswered, Undelivered
from backend.contract.events.rating import Rated, RatingExpired
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.words import AssignmentState, CallOutcome
from backend.rules.waiting import Subject, Watch
from backend.storage.dues import of_assignment, of_ticket
from backend.work import clocks, desk_limits, recipients
from backend.work.ticket_work import Consequence, Consequences, TicketWork

# --- the desk -----------------------------------------------------------------------------------------------------


async def _is_verified(work: TicketWork, _: Accepted) -> None:
    work.ticket.accepted_at = work.ticket.accepted_at or work.context.now
    work.end(of_ticket(work.ticket), only=Watch.VERIFY)


async def _is_sent_out(work: TicketWork, event: Dispatched) -> None:
    if event.lead is not None:
        work.end(of_ticket(work.ticket), only=Watch.DISPATCH)


async def _was_reached(work: TicketWork, event: Called) -> None:
    """Whoever was called by hand, and answered, waits for a call back no longer."""
    if event.notice is None and event.outcome is CallOutcome.ANSWERED:
        work.ticket.callback = False
        work.end(of_ticket(work.ticket), only=Watch.CALL_BACK)


# --- a unit's part ------------------------------------------------------------------------------------------------


async def _was_contacted(work: TicketWork, event: Contacted | Asked) -> None:
    if event.assignment is not None:
        clocks.contacted(work, work.part(event.assignment))


async def _lift_warning(work: TicketWork, event: Signed | Contacted | Interim | Replied) -> None:
    if event.assignment is not None:
        await clocks.lift(work, work.part(event.assignment))


async def _owes_nothing(work: TicketWork, event: Replied | ReturnApproved) -> None:
    if event.assignment is not None:
        work.end(of_assignment(work.part(event.assignment)))


async def _is_decided(work: TicketWork, event: ReturnRefused) -> None:
    work.end(of_assignment(work.part(event.assignment)), only=Watch.DECIDE)


async def _complete_when_all_answered(work: TicketWork, event: Replied | ReturnApproved) -> None:
    """Not without a lead: where it was returned and the assisting units alone have replied, the desk names another."""
    if event.assignment is not None and work.lead is not None and not work.open_assignments:
        await complete_jointly(work)


async def _back_to_the_desk(work: TicketWork, _: ReturnApproved) -> None:
    """A matter that has lost its lead, and got no other with it."""
    if work.lead is None:
        work.tell(await recipients.desk(), to_staff.Desk(kind=work.ticket.kind, urgent=work.ticket.urgent))
        await desk_limits.await_dispatch(work)


# --- questions ----------------------------------------------------------------------------------------------------


async def _move_clock(work: TicketWork, event: AboutQuestion) -> None:
    """The clock of who asked stands or goes on, as long as they are at it."""
    if event.assignment is None:
        if work.at_desk:
            await desk_limits.resume(work)
    elif (part := work.part(event.assignment)) in work.open_assignments:
        await clocks.resume(work, part)


async def _is_answered(work: TicketWork, event: Answered) -> None:
    work.end(Subject.question(event.question))


# --- the end ------------------------------------------------------------------------------------------------------


async def _await_rating(work: TicketWork, _: Completed) -> None:
    """Nobody waits for the desk any more."""
    for waiting in (Watch.DISPATCH, Watch.CALL_BACK):
        work.end(of_ticket(work.ticket), only=waiting)
    work.plan(clocks.rating_dues(work))


async def _await_rating_no_longer(work: TicketWork, _: Rated) -> None:
    work.end(of_ticket(work.ticket), only=Watch.RATING)


async def _close_unrated(work: TicketWork, _: RatingExpired) -> None:
    work.record(Closed())


async def _end_all(work: TicketWork, _: Rejected | Withdrawn | Closed) -> None:
    """No unit owes anything any more, and no clock of this ticket runs on."""
    ended = work.open_assignments
    for part in ended:
        part.state, part.waiting, part.warning = AssignmentState.CANCELLED, False, None
        work.keep(part)
    work.end(of_ticket(work.ticket), *map(of_assignment, ended))
    work.ticket.closed_at = work.context.now


# --- the phone line -----------------------------------------------------------------------------------------------


_ASKED = (to_enterprise.QuestionAsked.template,)


def _no_call_for(templates: Iterable[str]) -> Consequence:
    """Calls that these notices ordered, and that were not made yet, are not made."""

    async def rule(work: TicketWork, _: Event) -> None:
        work.call_off(templates)

    return rule


async def _no_call_for_this_question(work: TicketWork, event: Answered) -> None:
    await calls.call_off(work, _ASKED, event.question)


CONSEQUENCES: Final[Consequences] = {
    Accepted: (_is_verified,),
    Dispatched: (_is_sent_out,),
    Called: (_was_reached,),
    Signed: (_lift_warning,),
    Contacted: (_was_contacted, _lift_warning),
    Interim: (_lift_warning,),
    Replied: (_owes_nothing, _lift_warning, _complete_when_all_answered),
    ReturnApproved: (_owes_nothing, _back_to_the_desk, _complete_when_all_answered),
    ReturnRefused: (_is_decided,),
    Asked: (_was_contacted, _move_clock),
    Answered: (_is_answered, _no_call_for_this_question, _move_clock),
    Undelivered: (_move_clock,),
    Unanswered: (_move_clock,),
    Completed: (_await_rating, _no_call_for(_ASKED)),
    Rated: (_await_rating_no_longer, _no_call_for(phone.RATING_CALLS)),
    RatingExpired: (_close_unrated,),
    Rejected: (_end_all, _no_call_for(phone.CALLED)),
    Withdrawn: (_end_all, _no_call_for(phone.CALLED)),
    Closed: (_end_all, _no_call_for(phone.CALLED)),
}
"""In the order in which they are done."""
