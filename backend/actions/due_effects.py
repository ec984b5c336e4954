"""What happens when a due row's time has come: warn, escalate, remind, expire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from backend import models
from backend.actions import calls
from backend.actions.housekeeping import EVERY, tidy
from backend.actions.reckon import reckon_again
from backend.actions.retention import forget
from backend.actions.sweep import sweep
from backend.contract import phone
from backend.contract.events.clocks import Escalated, Reminded, Warned
from backend.contract.events.rating import RatingExpired
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.words import AssignmentState, CallOutcome, Role, Step, TicketState, WarningLevel
from backend.rules import lifecycle
from backend.rules.actor import SYSTEM
from backend.rules.deadlines import DueKind
from backend.rules.waiting import Subject
from backend.rules.warnings import severity
from backend.storage import dues
from backend.storage.dues import NewDue, of_assignment
from backend.work import clocks, desk_limits, recipients, unanswered
from backend.work.context import Context
from backend.work.outbox import NewNotice, post
from backend.work.recipients import Recipient
from backend.work.ticket_work import TicketWork

Effect = Callable[[Context, models.Due], Awaitable[None]]


async def carry_out(context: Context, due: models.Due) -> None:
    """The effect of one claimed row, in the caller's transaction; a row whose reason is gone has no effect."""
    await _EFFECTS[DueKind(due.kind)](context, due)


# --- a unit's part ------------------------------------------------------------------------------------------------


async def _warn(context: Context, due: models.Due) -> None:
    """Raise the warning the rules give now; each level once. Yellow and red also tell the unit's leader."""
    work, part = await _part(context, due)
    step = _step(due)
    limit = getattr(part, f"{step}_due")
    if not _is_open(part) or part.waiting or limit is None or _is_done(part, step):
        return
    await _raise(work, part, await clocks.colour(work, part), limit, step)
    await work.save()


async def _raise(
    work: TicketWork, part: models.Assignment, colour: WarningLevel | None, limit: datetime, step: Step
) -> None:
    if colour is None or severity(part.warning) >= severity(colour):
        return
    part.warning = colour
    work.keep(part)
    work.record(Warned(assignment=part.id, level=colour))
    told = await recipients.unit(work.context.directory, part.department_id, (Role.HANDLER,))
    if colour is not WarningLevel.BLUE:
        told = _once([*told, *await recipients.members(part.department_id, (Role.LEADER,))])
    at_once = colour is WarningLevel.RED and work.ticket.urgent
    work.tell(told, to_staff.Warned(level=colour, due=limit, what=step), at_once=at_once)


async def _unsigned(context: Context, due: models.Due) -> None:
    work, part = await _part(context, due)
    if part.state is not AssignmentState.DISPATCHED or not _is_open(part):
        return
    await _raise(work, part, await clocks.colour(work, part), _limit(due), Step.SIGN)
    await _escalate(work, part, Step.SIGN, to_staff.Unsigned, part.department_id, _limit(due))


async def _unsigned_parent(context: Context, due: models.Due) -> None:
    work, part = await _part(context, due)
    if part.state is AssignmentState.DISPATCHED and _is_open(part):
        await _escalate_to_parent(work, part, Step.SIGN, due)


async def _missed(context: Context, due: models.Due) -> None:
    """Nobody got in touch with the enterprise, or told it how far it is, in time. Who has not even signed is in default
    already, and the leader told.
    """
    work, part = await _part(context, due)
    step = _step(due)
    if part.state is not AssignmentState.SIGNED or part.waiting or _is_done(part, step):
        return
    await _raise(work, part, await clocks.colour(work, part), _limit(due), step)
    await _escalate(work, part, step, to_staff.Missed, part.department_id, _limit(due))


async def _missed_parent(context: Context, due: models.Due) -> None:
    work, part = await _part(context, due)
    step = _step(due)
    if part.state is AssignmentState.SIGNED and not part.waiting and not _is_done(part, step):
        await _escalate_to_parent(work, part, step, due)


async def _overdue(context: Context, due: models.Due) -> None:
    work, part = await _part(context, due)
    if not _is_open(part) or part.waiting:
        return
    await _raise(work, part, await clocks.colour(work, part), _limit(due), Step.RESOLVE)
    await _escalate(work, part, Step.RESOLVE, to_staff.Overdue, part.department_id, _limit(due))


async def _overdue_parent(context: Context, due: models.Due) -> None:
    work, part = await _part(context, due)
    if not _is_open(part):
        return
    _plan_again(work, part, 1)
    if part.waiting:
        await work.save()
    else:
        await _escalate_to_parent(work, part, Step.RESOLVE, due)


async def _overdue_again(context: Context, due: models.Due) -> None:
    """The office hears of it again and again, as long as the part is open."""
    work, part = await _part(context, due)
    if not _is_open(part):
        return
    _plan_again(work, part, int(due.period) + 1)
    if part.resolve_due is None or part.waiting:
        await work.save()
    else:
        await _escalate(work, part, Step.RESOLVE, to_staff.Escalated, None, part.resolve_due)


def _plan_again(work: TicketWork, part: models.Assignment, times: int) -> None:
    at = work.calendar.add(work.context.now, work.policy.escalation.again_after.span())
    assert at is not None  # no pauses
    work.plan([NewDue(of_assignment(part), DueKind.RESOLVE_AGAIN, str(times), at.at)])


async def _escalate_to_parent(work: TicketWork, part: models.Assignment, what: Step, due: models.Due) -> None:
    """A working day after the limit the level above is told; above the highest, the office."""
    parent = work.context.directory.parent_of(part.department_id)
    await _escalate(work, part, what, to_staff.Escalated, parent.id if parent else None, _limit(due))


async def _escalate(
    work: TicketWork,
    part: models.Assignment,
    what: Step,
    kind: type[to_staff.LimitMissed],
    to_department: int | None,
    limit: datetime,
) -> None:
    to = await recipients.members(to_department, (Role.LEADER,)) if to_department is not None else []
    work.record(Escalated(what=what, assignment=part.id, to=to_department), department_id=part.department_id)
    department = work.context.directory.named(part.department_id)
    work.tell(to or await recipients.desk((Role.OFFICE,)), kind(department=department, what=what, due=limit))
    await work.save()


# --- the rating ---------------------------------------------------------------------------------------------------


async def _rating_reminder(context: Context, due: models.Due) -> None:
    work = await _unrated(context, due)
    if work is None:
        return
    work.record(Reminded(what="rating"))
    await work.tell_contact(to_enterprise.RatingReminder())
    await work.save()


async def _rating_follow_up(context: Context, due: models.Due) -> None:
    """No rating by now: the phone line or a seat calls 回访, every completed ticket is followed up."""
    work = await _unrated(context, due)
    if work is None or await calls.declined(work):
        return
    work.record(Reminded(what="follow_up"))
    if not await calls.order_follow_up(work):
        await calls.tell_seats(work)
    await work.save()


async def _rating_call_limit(context: Context, due: models.Due) -> None:
    """The phone line has not settled the follow-up, perhaps because none runs: a seat takes over."""
    work = await _ticket(context, due)
    if _waits_for_rating(work, due) and await calls.call_off(work, phone.RATING_CALLS):
        work.record(Reminded(what="follow_up"))
        await calls.tell_seats(work, CallOutcome.FAILED)
        await work.save()


async def _rating_expiry(context: Context, due: models.Due) -> None:
    """A rating nobody gave expires; the ticket is closed without one."""
    work = await _unrated(context, due)
    if work is None:
        return
    work.record(RatingExpired(round=work.ticket.round))
    await work.save()


async def _unrated(context: Context, due: models.Due) -> TicketWork | None:
    """The ticket whose rating this row is about; None where nothing is to be done now.

    A row that comes before its time, since a decree changed which days are worked, is put off; so is one that comes
    while the office is shut, since no worker ran before.
    """
    work = await _ticket(context, due)
    if not _waits_for_rating(work, due):
        return None
    points = {one.kind: one.at for one in clocks.rating_points(work)}
    if due.kind not in points:
        return None
    at = points[DueKind(due.kind)]
    if due.kind != DueKind.RATING_EXPIRY:
        at = work.calendar.opening(max(at, work.context.now))
    if due.kind == DueKind.RATING_REMINDER and at >= points[DueKind.RATING_FOLLOW_UP]:
        return None
    if at <= work.context.now:
        return work
    round_, _, times = due.period.partition(".")
    work.plan([NewDue(Subject.parse(due.subject), DueKind(due.kind), f"{round_}.{int(times or 0) + 1}", at)])
    await work.save()
    return None


def _waits_for_rating(work: TicketWork, due: models.Due) -> bool:
    return work.ticket.state is TicketState.COMPLETED and due.period.partition(".")[0] == str(work.ticket.round)


# --- drafts -------------------------------------------------------------------------------------------------------


async def _draft_reminder(context: Context, due: models.Due) -> None:
    draft = await models.Draft.get_or_none(id=UUID(Subject.parse(due.subject).id)).select_related("contact")
    if draft is None:
        return
    identity = await models.Identity.get(id=draft.identity_id)
    to = Recipient(identity.channel, identity.external_id, draft.contact.language)
    reminder = to_enterprise.DraftReminder(draft=str(draft.id), scenario=draft.scenario)
    key = f"{due.subject}.{due.period}.{reminder.template}"
    await post(context, [NewNotice(key, to, reminder)])


async def _draft_expiry(context: Context, due: models.Due) -> None:
    await models.Draft.filter(id=UUID(Subject.parse(due.subject).id)).delete()


# --- the house itself ---------------------------------------------------------------------------------------------


async def plan_housekeeping(context: Context) -> None:
    """Make sure that the row which reschedules itself is there; harmless to repeat."""
    await _plan_house(context, DueKind.HOUSEKEEPING, "0")


async def _housekeeping(context: Context, due: models.Due) -> None:
    """Plans the next one, and begins what is done in batches, each of which is a transaction of its own."""
    await _plan_house(context, DueKind.HOUSEKEEPING, str(int(due.period) + 1), EVERY)
    for kind in (DueKind.TIDY, DueKind.RECKON, DueKind.RETENTION, DueKind.SWEEP):
        await _plan_house(context, kind, f"{due.period}.0")


async def _tidy(context: Context, due: models.Due) -> None:
    if await tidy(context):
        await _plan_house(context, DueKind.TIDY, _next_batch(due))


async def _reckon(context: Context, due: models.Due) -> None:
    """The second part of the period is the last ticket of the batch before."""
    round_, _, after = due.period.partition(".")
    if last := await reckon_again(context, int(after)):
        await _plan_house(context, DueKind.RECKON, f"{round_}.{last}")


async def _retention(context: Context, due: models.Due) -> None:
    if await forget(context):
        await _plan_house(context, DueKind.RETENTION, _next_batch(due))


async def _sweep(context: Context, due: models.Due) -> None:
    """The second part of the period is the folder to begin with."""
    round_, _, first = due.period.partition(".")
    if (following := await sweep(context, int(first))) is not None:
        await _plan_house(context, DueKind.SWEEP, f"{round_}.{following}")


async def _plan_house(context: Context, kind: DueKind, period: str, after: timedelta = timedelta(0)) -> None:
    """A batch that follows does so at once: other rows that are due come in between."""
    await dues.put_of_house(context.now, after, kind, period)


def _next_batch(due: models.Due) -> str:
    round_, _, batch = due.period.partition(".")
    return f"{round_}.{int(batch) + 1}"


_EFFECTS: Mapping[DueKind, Effect] = {
    DueKind.VERIFY_LIMIT: desk_limits.overdue,
    DueKind.DISPATCH_LIMIT: desk_limits.overdue,
    DueKind.DECIDE_LIMIT: desk_limits.overdue,
    DueKind.CALL_BACK_LIMIT: desk_limits.overdue,
    DueKind.SIGN_BLUE: _warn,
    DueKind.SIGN_LIMIT: _unsigned,
    DueKind.SIGN_ESCALATE: _unsigned_parent,
    DueKind.CONTACT_BLUE: _warn,
    DueKind.CONTACT_LIMIT: _missed,
    DueKind.CONTACT_ESCALATE: _missed_parent,
    DueKind.INTERIM_BLUE: _warn,
    DueKind.INTERIM_LIMIT: _missed,
    DueKind.INTERIM_ESCALATE: _missed_parent,
    DueKind.RESOLVE_BLUE: _warn,
    DueKind.RESOLVE_YELLOW: _warn,
    DueKind.RESOLVE_LIMIT: _overdue,
    DueKind.RESOLVE_ESCALATE: _overdue_parent,
    DueKind.RESOLVE_AGAIN: _overdue_again,
    DueKind.PAUSE_END: unanswered.pause_ended,
    DueKind.QUESTION_SHOWN: unanswered.not_shown,
    DueKind.QUESTION_REMINDER: unanswered.remind,
    DueKind.QUESTION_END: unanswered.end,
    DueKind.RATING_REMINDER: _rating_reminder,
    DueKind.RATING_FOLLOW_UP: _rating_follow_up,
    DueKind.RATING_CALL_LIMIT: _rating_call_limit,
    DueKind.RATING_EXPIRY: _rating_expiry,
    DueKind.DRAFT_REMINDER: _draft_reminder,
    DueKind.DRAFT_EXPIRY: _draft_expiry,
    DueKind.HOUSEKEEPING: _housekeeping,
    DueKind.TIDY: _tidy,
    DueKind.RECKON: _reckon,
    DueKind.RETENTION: _retention,
    DueKind.SWEEP: _sweep,
}


async def _ticket(context: Context, due: models.Due) -> TicketWork:
    return await TicketWork.on_id(context, SYSTEM, Subject.parse(due.subject).number)


async def _part(context: Context, due: models.Due) -> tuple[TicketWork, models.Assignment]:
    return await TicketWork.on_assignment(context, SYSTEM, Subject.parse(due.subject).number)


def _is_open(part: models.Assignment) -> bool:
    return part.state in lifecycle.OPEN_PARTS


def _step(due: models.Due) -> Step:
    """What the limit is about."""
    return Step(due.kind.partition("_")[0])


def _is_done(part: models.Assignment, step: Step) -> bool:
    done = {Step.CONTACT: part.contacted_at, Step.INTERIM: part.interim_at, Step.SIGN: part.signed_at}.get(step)
    return done is not None


def _once(told: list[Recipient]) -> list[Recipient]:
    return list({(one.channel, one.address): one for one in told}.values())


def _limit(due: models.Due) -> datetime:
    assert due.due_at is not None  # it has come
    return due.due_at
