"""Questions to the enterprise: which time a clock stood for them, replayed from events, so that none stands for ever.

A clock stands from the asking until the answer, and at the latest until the policy's limit. What was never shown
stopped nothing; only the first questions of a part stop its clock, all of them together no longer than the policy lets
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.contract.words import EventKind
from backend.rules.policy.watching import QuestionRules

from .working_time import Pause, WorkingCalendar, WorkingSpan


@dataclass(frozen=True, slots=True)
class Told:
    """One of these events."""

    kind: EventKind
    at: datetime
    question: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the questions of one clock do to it."""

    pauses: tuple[Pause, ...] = ()
    """In order, without overlaps. Each has an end: that of a question still open lies ahead, at the latest moment."""
    limits: frozenset[datetime] = frozenset()
    """When each question that is still open ends at the latest."""

    def waits(self, now: datetime) -> bool:
        """Whether the clock stands now."""
        return any(one.start <= now and (one.end is None or now < one.end) for one in self.pauses)

    def as_if_answered(self, now: datetime) -> Standing:
        """What it would be if all open ones were answered now."""
        known = [one for one in self.pauses if one.start < now]
        return Standing(tuple(Pause(one.start, min(one.end, now) if one.end else now) for one in known))

    def until(self, now: datetime) -> datetime | None:
        """When it goes on at the latest; None while it runs."""
        return next(
            (one.end for one in self.pauses if one.start <= now and one.end is not None and now < one.end), None
        )


def replay(events: Iterable[Told], rules: QuestionRules, calendar: WorkingCalendar) -> Standing:
    """`events`: of one clock, in order."""
    asked: dict[int, _Asked] = {}
    for one in events:
        if one.kind is EventKind.ASKED:
            asked[one.question] = _Asked(one.at)
        elif (question := asked.get(one.question)) is not None:
            asked[one.question] = question.after(one)
    shown = [one for one in asked.values() if not one.undelivered][: rules.pausing]
    spans = [Pause(one.at, _earlier(one.ended, answer_limit(one.at, rules, calendar))) for one in shown]
    limits = frozenset(answer_limit(one.at, rules, calendar) for one in asked.values() if one.ended is None)
    return Standing(tuple(_within(spans, rules, calendar)), limits)


def answer_limit(asked_at: datetime, rules: QuestionRules, calendar: WorkingCalendar) -> datetime:
    """When a question stops no clock any more, answered or not."""
    return _after(asked_at, rules.ends_after.span(), calendar)


def reminder(asked_at: datetime, rules: QuestionRules, calendar: WorkingCalendar) -> datetime:
    return _after(asked_at, rules.reminder_after.span(), calendar)


def shown_limit(asked_at: datetime, rules: QuestionRules, calendar: WorkingCalendar) -> datetime:
    """By when it must have been shown, else it stopped nothing."""
    return _after(asked_at, rules.shown_within.span(), calendar)


@dataclass(frozen=True, slots=True)
class _Asked:
    at: datetime
    ended: datetime | None = None
    """Answered, or open for too long."""
    undelivered: bool = False

    def after(self, event: Told) -> _Asked:
        """What is over is not taken back: an answer proves that the question was shown."""
        if self.undelivered or self.ended is not None:
            return self
        if event.kind is EventKind.UNDELIVERED:
            return _Asked(self.at, undelivered=True)
        return _Asked(self.at, event.at)


def _within(spans: Sequence[Pause], rules: QuestionRules, calendar: WorkingCalendar) -> Iterable[Pause]:
    """The spans joined where they overlap, and cut where they are more than may be in all.

    Days in all are counted as those of any limit, from the first pause on: so one question may use them up.
    """
    joined = _joined(spans)
    if not joined:
        return
    first = joined[0].start
    left = calendar.elapsed(first, _after(first, rules.pause_in_all.span(), calendar))
    for one in joined:
        assert one.end is not None
        used = calendar.elapsed(one.start, one.end)
        if used > left:
            if left > timedelta():
                yield Pause(one.start, _after(one.start, WorkingSpan(time=left), calendar))
            return
        yield one
        left -= used


def _joined(spans: Sequence[Pause]) -> list[Pause]:
    joined: list[Pause] = []
    for one in sorted(spans, key=lambda each: each.start):
        last = joined[-1] if joined else None
        if last is None or last.end is None or one.end is None or last.end < one.start:
            joined.append(one)
        elif one.end > last.end:
            joined[-1] = Pause(last.start, one.end)
    return joined


def _earlier(ended: datetime | None, limit: datetime) -> datetime:
    return limit if ended is None else min(ended.astimezone(UTC), limit)


def _after(at: datetime, span: WorkingSpan, calendar: WorkingCalendar) -> datetime:
    due = calendar.add(at, span)
    assert due is not None  # no pauses
    return due.at
