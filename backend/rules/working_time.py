"""Working time of a Chinese office: which days work, when a limit ends, and how much of it is used.

Working days come from the State Council's yearly decree as `chinesecalendar` carries it (make-up workdays 调休
included), under an overlay of the office's own. A year nobody has decreed yet is computed by weekday and by the days
off that the law fixes, and every result that looked into it is marked provisional.

A limit in working days follows the Civil Code, articles 201 and 203: the day it starts on does not count, and the
last day ends when business closes. A limit in working hours starts at once and counts opening hours only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

import chinese_calendar
from chinese_calendar.constants import holidays

from .statutory_days import statutory_days

DECREED_YEARS: frozenset[int] = frozenset(day.year for day in holidays)
"""Years whose decree `chinesecalendar` knows."""

_ZERO = timedelta(0)
_DAY = timedelta(days=1)
_LAST_DAY = date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class DayKind:
    working: bool
    provisional: bool
    """True when guessed from the weekday and the law's fixed days, for want of a decree."""


_Opening = tuple[DayKind, tuple[tuple[datetime, datetime], ...]]
"""A date's kind, and its stretches of opening time in UTC."""


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    """UTC."""
    provisional: bool
    """True when it reaches into a year whose holidays are not decreed yet."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, because the ticket waited for the enterprise."""

    start: datetime
    end: datetime | None
    """None while the ticket still waits."""


@dataclass(frozen=True, slots=True)
class WorkingSpan:
    """A limit: whole working days, or an amount of working time. Exactly one is above zero."""

    days: int = 0
    time: timedelta = _ZERO

    def __post_init__(self) -> None:
        if self.days < 0 or self.time < _ZERO or (self.days > 0) == (self.time > _ZERO):
            raise ValueError("a working span is either days or time, above zero")


@dataclass(frozen=True)
class WorkingCalendar:
    """One office's working time. Every moment passed in must be timezone-aware."""

    hours: tuple[tuple[time, time], ...]
    """Opening and closing, in order, the same on every working day."""
    timezone: tzinfo
    overlay: Mapping[date, bool] = field(default_factory=dict)
    """The office's own days, True for working; they win over the decree. Not to be changed afterwards."""
    known_years: frozenset[int] = frozenset()
    """Years, beyond those of `chinesecalendar`, whose decree the overlay holds in full."""
    _opening: Callable[[date], _Opening] = field(init=False, repr=False, compare=False)
    """Opening times of a date, remembered: a limit is reckoned from the same few days thousands of times."""

    def __post_init__(self) -> None:
        edges = [edge for pair in self.hours for edge in pair]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("opening hours must be given, in order, without overlap")
        object.__setattr__(self, "_opening", lru_cache(maxsize=4096)(self._open))

    def is_workday(self, day: date) -> DayKind:
        """Whether the office works on this local date."""
        if day in self.overlay:
            return DayKind(self.overlay[day], provisional=False)
        if day.year in DECREED_YEARS:
            return DayKind(bool(chinese_calendar.is_workday(day)), provisional=False)
        if day.year in self.known_years:
            return DayKind(day.weekday() < 5, provisional=False)
        return DayKind(day.weekday() < 5 and day not in statutory_days(day.year), provisional=True)

    def is_guessed(self, start: datetime, end: datetime) -> bool:
        """Whether a limit that runs from `start` to `end` passes a day of a year nobody has decreed yet."""
        day, last = self._local_date(start), self._local_date(end)
        while day < last:
            day += _DAY
            if self._opening(day)[0].provisional:
                return True
        return False

    def add(self, start: datetime, span: WorkingSpan, pauses: Sequence[Pause] = ()) -> Due | None:
        """When a limit that starts at `start` ends; None while an open pause stands before its end.

        A pause that begins after the limit has ended changes nothing: asking late does not cure being late.
        """
        if span.days:
            return self._stretched(start, self._close_of_day(start, span.days), pauses)
        return self._run(start, span.time, _in_order(pauses))

    def opening(self, start: datetime) -> datetime:
        """The first moment from `start` on at which it is open; UTC."""
        return next(self._stretches(start))[0].astimezone(UTC)

    def end_of_day(self, start: datetime, days: int) -> Due:
        """Midnight that ends the `days`-th calendar day after the local date of `start`; where that is a day off, the
        next working day (Civil Code, article 203).
        """
        before = self._moment(self._local_date(start) + (days - 1) * _DAY, time(12))
        day, provisional = self._nth_workday(before, 1)
        return Due(self._moment(day + _DAY, time(0)), provisional)

    def opening_after(self, start: datetime, days: int) -> Due:
        """When it first opens after `days` whole calendar days; the local date of `start` does not count."""
        begin, _, provisional = next(
            self._stretches(self._moment(self._local_date(start) + (days + 1) * _DAY, time(0)))
        )
        return Due(begin.astimezone(UTC), provisional)

    def noon_after(self, start: datetime, pauses: Sequence[Pause] = (), at: time = time(12)) -> Due | None:
        """`at` (12:00) of the first working day after the local date of `start` (Yantai "2125")."""
        day, provisional = self._nth_workday(start, 1)
        return self._stretched(start, Due(self._moment(day, at), provisional), pauses)

    def elapsed(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """Working time between two moments, pauses left out; zero when `end` is before `start`."""
        ordered = _in_order(pauses)
        used = _ZERO
        for begin, finish, _ in self._stretches(start):
            if begin >= end:
                break
            for a, b in _without(begin, min(finish, end), ordered):
                used += b - a
        return used

    def share(self, start: datetime, due: datetime, now: datetime, pauses: Sequence[Pause] = ()) -> float:
        """Part of the limit used, 0 at its start, 1 at its end, above 1 once overdue."""
        total = self.elapsed(start, due, pauses)
        if total <= _ZERO:
            return 1.0 if now >= due else 0.0
        return self.elapsed(start, now, pauses) / total

    def _stretched(self, start: datetime, nominal: Due, pauses: Sequence[Pause]) -> Due | None:
        """The nominal end, moved on by the working time that pauses took before it."""
        if not pauses:
            return nominal
        budget = self.elapsed(start, nominal.at)
        if self.elapsed(start, nominal.at, pauses) == budget:
            return nominal
        moved = self._run(start, budget, _in_order(pauses))
        return moved and Due(moved.at, moved.provisional or nominal.provisional)

    def _run(self, start: datetime, budget: timedelta, pauses: Sequence[Pause]) -> Due | None:
        """When `budget` of unpaused working time has passed: at a closing time rather than the next opening."""
        left = budget
        for begin, end, provisional in self._stretches(start):
            if any(pause.end is None and pause.start <= begin for pause in pauses):
                return None
            for a, b in _without(begin, end, pauses):
                if b - a >= left:
                    return Due(a + left, provisional)
                left -= b - a
        raise OverflowError("the limit ends after the last day of the calendar")

    def _close_of_day(self, start: datetime, days: int) -> Due:
        day, provisional = self._nth_workday(start, days)
        return Due(self._moment(day, self.hours[-1][1]), provisional)

    def _nth_workday(self, start: datetime, count: int) -> tuple[date, bool]:
        """The count-th working day after the local date of `start`, and whether a guess lay on the way."""
        day, provisional = self._local_date(start), False
        while day < _LAST_DAY:
            day += _DAY
            kind = self._opening(day)[0]
            provisional |= kind.provisional
            count -= kind.working
            if count == 0:
                return day, provisional
        raise OverflowError("the limit ends after the last day of the calendar")

    def _stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime, bool]]:
        """Stretches of opening time from `start` on, in UTC, each with whether a guessed day was passed so far."""
        day, provisional = self._local_date(start), False
        while day < _LAST_DAY:
            kind, stretches = self._opening(day)
            provisional |= kind.provisional
            for begin, end in stretches:
                if start < end:
                    yield max(begin, start), end, provisional
            day += _DAY

    def _open(self, day: date) -> _Opening:
        kind = self.is_workday(day)
        hours = self.hours if kind.working else ()
        return kind, tuple((self._moment(day, opening), self._moment(day, closing)) for opening, closing in hours)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.timezone).astimezone(UTC)

    def _local_date(self, moment: datetime) -> date:
        if moment.tzinfo is None:
            raise ValueError("a moment must know its timezone")
        return moment.astimezone(self.timezone).date()


def _in_order(pauses: Sequence[Pause]) -> list[Pause]:
    return sorted(pauses, key=lambda each: each.start)


def _without(begin: datetime, end: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a stretch when pauses, in order, are cut out of it; always in UTC. They may overlap."""
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    for pause in pauses:
        if pause.end is not None and pause.end <= begin:
            continue
        if pause.start >= end:
            break
        if pause.start > begin:
            yield begin, pause.start.astimezone(UTC)
        if pause.end is None:
            return
        begin = pause.end.astimezone(UTC)
    if begin < end:
        yield begin, end
