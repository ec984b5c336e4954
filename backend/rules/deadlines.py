"""Deadlines: from the policy and what has happened to a ticket, the moments at which something must have happened.

Where a clock starts is policy data. `dispatch` counts from the moment the unit was given the ticket; this is how the
city promises it to the enterprise, and how Yantai words "2125"
(转出企业诉求2小时内, 收到工单后首个工作日, 5个工作日内).
`sign` counts from signing, but from the sign limit at the latest: whoever signs late gains no time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from backend.contract.words import Kind
from backend.rules.policy.policy import Policy
from backend.rules.policy.section import Span
from backend.rules.policy.values import CountsFrom

from .warnings import marks
from .working_time import Due, Pause, WorkingCalendar, WorkingSpan


class DueKind(StrEnum):
    """What is due, as stored in the table of due rows."""

    VERIFY_LIMIT = "verify_limit"
    DISPATCH_LIMIT = "dispatch_limit"
    DECIDE_LIMIT = "decide_limit"
    """By then the office has decided on a return."""
    CALL_BACK_LIMIT = "call_back_limit"
    SIGN_BLUE = "sign_blue"
    SIGN_LIMIT = "sign_limit"
    SIGN_ESCALATE = "sign_escalate"
    """To the parent level."""
    CONTACT_BLUE = "contact_blue"
    CONTACT_LIMIT = "contact_limit"
    CONTACT_ESCALATE = "contact_escalate"
    """To the parent level."""
    INTERIM_BLUE = "interim_blue"
    INTERIM_LIMIT = "interim_limit"
    INTERIM_ESCALATE = "interim_escalate"
    """To the parent level."""
    RESOLVE_BLUE = "resolve_blue"
    RESOLVE_YELLOW = "resolve_yellow"
    RESOLVE_LIMIT = "resolve_limit"
    RESOLVE_ESCALATE = "resolve_escalate"
    """To the parent level."""
    RESOLVE_AGAIN = "resolve_again"
    """To the office, as long as nothing happens."""
    PAUSE_END = "pause_end"
    """All the time that questions may stop a clock is used up."""
    QUESTION_SHOWN = "question_shown"
    """By then it must have been shown to the person."""
    QUESTION_REMINDER = "question_reminder"
    QUESTION_END = "question_end"
    RATING_REMINDER = "rating_reminder"
    RATING_FOLLOW_UP = "rating_follow_up"
    RATING_CALL_LIMIT = "rating_call_limit"
    """By then a seat takes over the follow-up that the phone line has not settled."""
    RATING_EXPIRY = "rating_expiry"
    DRAFT_REMINDER = "draft_reminder"
    DRAFT_EXPIRY = "draft_expiry"
    HOUSEKEEPING = "housekeeping"
    """Every night, for the house itself; begins the following, each in batches."""
    TIDY = "tidy"
    RECKON = "reckon"
    RETENTION = "retention"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What has happened to one unit's part so far; each round of a redone ticket is an assignment of its own."""

    dispatched_at: datetime
    signed_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    """Replayed from the events of its questions by `rules.questions`."""
    contacted: bool = False
    interim_given: bool = False


@dataclass(frozen=True, slots=True)
class AssignmentClock:
    """One unit's limits. None: the scenario has no such limit, or an open pause stands before its end."""

    sign: Due
    contact: Due | None
    contact_from: datetime
    """When that limit began to run, UTC; so for the next two."""
    interim: Due | None
    interim_from: datetime
    resolve: Due | None
    resolve_from: datetime


@dataclass(frozen=True, slots=True)
class DuePoint:
    kind: DueKind
    period: int
    """Tells repetitions of one kind apart; the caller numbers rounds, here it is what was passed in."""
    at: datetime
    """UTC."""
    provisional: bool


def assignment_clock(
    policy: Policy, calendar: WorkingCalendar, kind: Kind, scenario: str, facts: AssignmentFacts
) -> AssignmentClock:
    """The limits of one unit's part, by the clock its scenario carries, else by kind."""
    limits = policy.limits
    sign = calendar.add(facts.dispatched_at, limits.sign.span())
    assert sign is not None  # no pauses: a ticket that waits has been signed

    def start(counts_from: CountsFrom) -> datetime:
        if counts_from == "dispatch":
            return facts.dispatched_at.astimezone(UTC)
        return min(facts.signed_at or sign.at, sign.at).astimezone(UTC)

    clock = policy.clock(scenario)
    contact = clock.contact if clock else None
    interim = clock.interim if clock else None
    counts_from = clock.resolve.counts_from if clock else limits.resolve.counts_from
    within = clock.resolve.within if clock else limits.resolve.of(kind)
    begin = start(counts_from)
    contact_from = start(contact.counts_from) if contact else begin
    interim_from = start(interim.counts_from) if interim else begin
    return AssignmentClock(
        sign=sign,
        contact=calendar.add(contact_from, contact.within.span(), facts.pauses) if contact else None,
        contact_from=contact_from,
        interim=calendar.noon_after(interim_from, facts.pauses, interim.by) if interim else None,
        interim_from=interim_from,
        resolve=calendar.add(begin, within.span(), facts.pauses),
        resolve_from=begin,
    )


def due_points(
    policy: Policy, calendar: WorkingCalendar, clock: AssignmentClock, facts: AssignmentFacts, period: int = 0
) -> tuple[DuePoint, ...]:
    """The due rows an open assignment must have now; rows of it that are not among them are void.

    Past moments are included: the caller knows which were already acted on, by their unique key. While an open pause
    stands there are no resolve points; one whose latest end is known moves them there already.
    """
    return tuple(
        DuePoint(kind, period, due.at, due.provisional)
        for kind, due in (
            *(_sign_points(policy, calendar, clock, facts) if facts.signed_at is None else ()),
            *_early_points(policy, calendar, clock, facts),
            *_resolve_points(policy, calendar, clock, facts),
        )
    )


def verify_limit(
    policy: Policy, calendar: WorkingCalendar, submitted_at: datetime, pauses: Sequence[Pause] = ()
) -> DuePoint:
    """By when the seat must have accepted or rejected a ticket; every pause has an end."""
    return _desk_limit(DueKind.VERIFY_LIMIT, calendar, submitted_at, policy.limits.verify, pauses)


def dispatch_limit(
    policy: Policy, calendar: WorkingCalendar, came_at: datetime, pauses: Sequence[Pause] = ()
) -> DuePoint:
    """By when the dispatch desk must have sent out what came to it at `came_at`; every pause has an end."""
    return _desk_limit(DueKind.DISPATCH_LIMIT, calendar, came_at, policy.limits.dispatch, pauses)


def promise(policy: Policy, calendar: WorkingCalendar, kind: Kind, scenario: str, at: datetime) -> Due:
    """The time to promise in the acceptance notice when a ticket is (or would be) dispatched at `at`."""
    clock = assignment_clock(policy, calendar, kind, scenario, AssignmentFacts(dispatched_at=at))
    assert clock.resolve is not None  # no pauses
    return clock.resolve


def rating_points(
    policy: Policy, calendar: WorkingCalendar, completed_at: datetime, period: int = 0
) -> tuple[DuePoint, ...]:
    """Reminder, follow-up 回访 and expiry of the rating, after whole calendar days; the day of completion is none.

    Reminder and follow-up come when the office first opens after theirs, so on no day off; a reminder that would not
    come before the follow-up is left out.
    """
    rules = policy.rating
    reminder = calendar.opening_after(completed_at, rules.reminder_days)
    follow_up = calendar.opening_after(completed_at, rules.follow_up_days)
    points = [(DueKind.RATING_REMINDER, reminder)] if reminder.at < follow_up.at else []
    points += [
        (DueKind.RATING_FOLLOW_UP, follow_up),
        (DueKind.RATING_EXPIRY, rating_expiry(policy, calendar, completed_at)),
    ]
    return tuple(DuePoint(kind, period, due.at, due.provisional) for kind, due in points)


def rating_expiry(policy: Policy, calendar: WorkingCalendar, completed_at: datetime) -> Due:
    """When the time to rate ends: at midnight, which of a day off is that of the next working day."""
    return calendar.end_of_day(completed_at, policy.rating.expiry_days)


def _desk_limit(
    kind: DueKind, calendar: WorkingCalendar, begin: datetime, within: Span, pauses: Sequence[Pause]
) -> DuePoint:
    due = calendar.add(begin, within.span(), pauses)
    assert due is not None  # no open pauses
    return DuePoint(kind, 0, due.at, due.provisional)


_Points = Iterator[tuple[DueKind, Due]]


def _sign_points(policy: Policy, calendar: WorkingCalendar, clock: AssignmentClock, facts: AssignmentFacts) -> _Points:
    total = calendar.elapsed(facts.dispatched_at, clock.sign.at)
    blue = calendar.add(facts.dispatched_at, WorkingSpan(time=marks(total, policy.warnings).blue))
    escalate = calendar.add(clock.sign.at, policy.escalation.parent_after.span())
    assert blue is not None  # no pauses
    assert escalate is not None
    yield DueKind.SIGN_BLUE, blue
    yield DueKind.SIGN_LIMIT, clock.sign
    yield DueKind.SIGN_ESCALATE, escalate


def _early_points(policy: Policy, calendar: WorkingCalendar, clock: AssignmentClock, facts: AssignmentFacts) -> _Points:
    """What "2125" asks for before the matter is resolved; no yellow mark of their own: two hours are too short."""
    contact = (DueKind.CONTACT_BLUE, DueKind.CONTACT_LIMIT, DueKind.CONTACT_ESCALATE)
    interim = (DueKind.INTERIM_BLUE, DueKind.INTERIM_LIMIT, DueKind.INTERIM_ESCALATE)
    for kinds, begin, limit, done in (
        (contact, clock.contact_from, clock.contact, facts.contacted),
        (interim, clock.interim_from, clock.interim, facts.interim_given),
    ):
        if limit is None or done:
            continue
        total = calendar.elapsed(begin, limit.at, facts.pauses)
        blue = calendar.add(begin, WorkingSpan(time=marks(total, policy.warnings).blue), facts.pauses)
        escalate = calendar.add(limit.at, policy.escalation.parent_after.span(), facts.pauses)
        for kind, due in zip(kinds, (blue, limit, escalate), strict=True):
            if due is not None:
                yield kind, due


def _resolve_points(
    policy: Policy, calendar: WorkingCalendar, clock: AssignmentClock, facts: AssignmentFacts
) -> _Points:
    if clock.resolve is None:
        return
    total = calendar.elapsed(clock.resolve_from, clock.resolve.at, facts.pauses)
    at = marks(total, policy.warnings)
    for kind, used in ((DueKind.RESOLVE_BLUE, at.blue), (DueKind.RESOLVE_YELLOW, at.yellow)):
        due = calendar.add(clock.resolve_from, WorkingSpan(time=used), facts.pauses)
        assert due is not None  # it lies before the limit, which is known
        yield kind, Due(due.at, clock.resolve.provisional)
    yield DueKind.RESOLVE_LIMIT, clock.resolve
    escalate = calendar.add(clock.resolve.at, policy.escalation.parent_after.span(), facts.pauses)
    if escalate is not None:
        yield DueKind.RESOLVE_ESCALATE, escalate
