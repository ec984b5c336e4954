"""Calls to the enterprise, ordered as notices of channel `phone`: what became of each, and when people take over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from backend import models
from backend.contract import phone
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.events.desk import Called
from backend.contract.models.calls import CallIn
from backend.contract.models.notices import FailedReason
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.words import CallOutcome, Permission, Role
from backend.rules import calling
from backend.rules.actor import Actor, ActorKind
from backend.rules.deadlines import DueKind, rating_expiry
from backend.storage import events, notices
from backend.storage.dues import NewDue, of_ticket
from backend.work import recipients, unanswered
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

_OUTCOMES: Mapping[FailedReason, CallOutcome] = {
    "busy": CallOutcome.BUSY,
    "no_answer": CallOutcome.NO_ANSWER,
    "declined": CallOutcome.DECLINED,
    "gone": CallOutcome.FAILED,
    "blocked": CallOutcome.FAILED,
}
"""What a failed notice says of the call; reasons that are missing here mean that nobody was called."""
_AGAIN = (CallOutcome.BUSY, CallOutcome.NO_ANSWER)


async def record_call(context: Context, actor: Actor, number: str, request: CallIn) -> None:
    """By the phone line for a notice it claimed, each attempt once; by the desk for a call made by hand."""
    if actor.kind is ActorKind.STAFF:
        await _by_hand(context, actor, number, request)
        return
    if actor.kind is not ActorKind.SERVICE:
        raise Forbidden
    if request.notice is None:
        raise Invalid("Name the notice that ordered the call.")
    notice = await models.Notice.get_or_none(id=request.notice)
    if notice is None or notice.channel not in actor.channels:
        raise NotFound
    work = await TicketWork.on_number(context, replace(actor, channel=notice.channel), number)
    if notice.ticket_id != work.ticket.id:
        raise NotFound
    if await _note(work, notice, request.outcome, request.seconds):
        await work.save()


async def in_vain(context: Context, actor: Actor, notice: models.Notice, reason: FailedReason) -> None:
    """A call that did not come about: made again by the policy, or handed to people. The same report again is harmless.

    How often and when is dialled goes by the policy in force now, whatever the ticket's: it is how the phone line works
    today. The ticket is locked before the notice, as everywhere.
    """
    assert notice.ticket_id is not None
    work = await TicketWork.on_id(context, replace(actor, channel=notice.channel), notice.ticket_id)
    notice = await models.Notice.filter(id=notice.id).select_for_update().get()
    if notice.done_at is not None:
        return
    outcome = _OUTCOMES.get(reason)
    fresh = outcome is not None and await _note(work, notice, outcome)
    made = await _made(notice) + (fresh and outcome in _AGAIN)
    again = calling.next_attempt(work.context.now, made, context.policy) if outcome in _AGAIN else None
    if again is not None:
        notice.ready_at = again
    else:
        notice.done_at, notice.outcome = work.context.now, reason
        await _hand_over(work, notice, reason, outcome or CallOutcome.FAILED, made)
    await notice.save(update_fields=["ready_at", "done_at", "outcome"])
    await work.save()


async def order_follow_up(work: TicketWork) -> bool:
    """Have the phone line call who has not rated 回访; False when a seat has to.

    A hidden reporter's phone may be picked up by somebody else: that call is a person's. So is one for which the time
    before the rating expires would be too short, as over long holidays.

    Limits are those of the ticket's policy; whether the phone line follows up at all is a matter of today's.
    """
    told = await call_off(
        work, (to_enterprise.Completed.template,)
    )  # an answer that was not heard by now is a seat's to tell
    to = recipients.phone_of(work.ticket, work.account)
    limit = work.calendar.add(work.context.now, work.policy.follow_up.within.span())
    assert limit is not None  # no pauses
    assert work.ticket.completed_at is not None
    late = limit.at >= rating_expiry(work.policy, work.calendar, work.ticket.completed_at).at
    if told or late or to is None or not work.context.policy.follow_up.by_phone or work.ticket.hidden_reporter:
        return False
    await work.tell_contact(to_enterprise.FollowUpCall(), to=to)
    work.plan([NewDue(of_ticket(work.ticket), DueKind.RATING_CALL_LIMIT, str(work.ticket.round), limit.at)])
    return True


async def declined(work: TicketWork) -> bool:
    """Whether the person did not want to be called about this answer; the seats know already."""
    return await events.is_declined(work.ticket.id, work.ticket.round)


async def call_off(work: TicketWork, templates: Collection[str], question: int | None = None) -> bool:
    """The calls of these kinds that still wait are not made; whether there was one. Hold the ticket's lock."""
    return await notices.call_off(work.ticket.id, templates, question, work.context.now)


async def tell_seats(work: TicketWork, outcome: CallOutcome | None = None, attempts: int = 0) -> None:
    """A seat calls: with what became of the calls by the phone line, if it tried."""
    work.tell(await recipients.desk((Role.SEAT,)), to_staff.FollowUp(outcome=outcome, attempts=attempts))


async def _hand_over(
    work: TicketWork, notice: models.Notice, reason: FailedReason, outcome: CallOutcome, made: int
) -> None:
    """Nothing more is dialled: seats follow up a rating, the units that asked something find another way."""
    if notice.template in phone.RATING_CALLS:
        await tell_seats(work, outcome, made)
        return
    question = await models.Question.get_or_none(id=notice.args.get("question"))
    if question is not None and await unanswered.take_back(work, question, reason, outcome, made):
        return
    directory, parts = work.context.directory, work.open_assignments
    units = [to for one in parts for to in await recipients.unit(directory, one.department_id)]
    unreachable = to_staff.Unreachable(outcome=outcome, attempts=made)
    work.tell(units or await recipients.desk((Role.SEAT,)), unreachable)


async def _note(work: TicketWork, notice: models.Notice, outcome: CallOutcome, seconds: int = 0) -> bool:
    """Record this attempt on the timeline; False when it is there already."""
    if await events.is_called(work.ticket.id, notice.id, notice.attempts):
        return False
    work.record(
        Called(
            outcome=outcome,
            seconds=seconds,
            round=work.ticket.round,
            notice=notice.id,
            attempt=notice.attempts,
            template=notice.template,
        )
    )
    return True


async def _made(notice: models.Notice) -> int:
    """Calls in vain so far; a trunk that was down is nobody's missed call."""
    return await events.calls(notice.ticket_id, notice.id, _AGAIN)


async def _by_hand(context: Context, actor: Actor, number: str, request: CallIn) -> None:
    work = await TicketWork.on_number(context, actor, number)
    work.require(Permission.CALL)
    if request.notice is not None:
        raise Invalid("A call made by hand has no notice.")
    work.record(Called(outcome=request.outcome, seconds=request.seconds, round=work.ticket.round))
    await work.save()
