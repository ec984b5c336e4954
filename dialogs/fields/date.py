"""Reads a day, or a day with a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from typing_extensions import override

from backend.contract.message import Message, Words
from dialogs.fields import clock, day_names
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, problem

_LONGEST = 200
"""Characters; more is a story, not a date."""


@dataclass(frozen=True)
class Date(Parser):
    """One day. The value is ISO 8601: `2026-11-21`, with a time `2026-11-21T15:00+08:00`."""

    past: bool | None = None
    """True: not after now. False: not before today. A date without a year is taken from that side."""
    max_days_back: int | None = None
    max_days_ahead: int | None = None
    with_time: bool = False

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        if len(text) > _LONGEST:
            return problem("field.date.not_understood")
        figures = day_names.figures(text)
        moment = clock.elapsed(figures, now)
        if moment is not None:
            return self._checked_moment(moment, now)
        rest, times = clock.take(figures)
        day = self._day(rest, now.date(), bool(times))
        if isinstance(day, NotUnderstood):
            return day
        if not self.with_time:
            return self._checked_day(day, now.date())
        if len(set(times)) != 1:
            return problem("field.date.times" if times else "field.date.time_missing", day=_shown(day))
        if times[0].unsure:
            hour, minute = divmod(times[0].minutes, 60)
            return problem("field.date.time_unsure", hour=hour, afternoon=hour + 12, minute=f"{minute:02}")
        midnight = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
        return self._checked_moment(midnight + timedelta(minutes=times[0].minutes), now)

    def _day(self, text: str, today: date, has_time: bool) -> date | NotUnderstood:
        lean: day_names.Lean = 0 if self.past is None else -1 if self.past else 1
        mentions = day_names.find(text, today, lean)
        if day_names.is_range(text, mentions):
            return problem("field.date.range")
        readings = _agreed(mentions)
        if len(readings) > 1:
            return problem("field.date.several")
        if readings:
            return NotUnderstood(readings[0]) if isinstance(readings[0], Message) else readings[0]
        return today if has_time and self.with_time else problem("field.date.not_understood")

    def _checked_moment(self, moment: datetime, now: datetime) -> Outcome:
        if not self.with_time:
            return self._checked_day(moment.date(), now.date())
        if self.past and moment > now:
            return problem("field.date.future", day=_shown(moment.date()))
        wrong = self._out_of_range(moment.date(), now.date())
        if wrong:
            return wrong
        shown = Message("field.date.moment", {"day": _shown(moment.date()), "time": f"{moment:%H:%M}"})
        return Understood(moment.isoformat(timespec="minutes"), shown)

    def _checked_day(self, day: date, today: date) -> Outcome:
        return self._out_of_range(day, today) or Understood(day.isoformat(), _shown(day))

    def _out_of_range(self, day: date, today: date) -> NotUnderstood | None:
        if self.past and day > today:
            return problem("field.date.future", day=_shown(day))
        if self.past is False and day < today:
            return problem("field.date.past", day=_shown(day))
        distance = (day - today).days
        if self.max_days_back is not None and -distance > self.max_days_back:
            return problem("field.date.too_old", day=_shown(day), days=self.max_days_back)
        if self.max_days_ahead is not None and distance > self.max_days_ahead:
            return problem("field.date.too_far", day=_shown(day), days=self.max_days_ahead)
        return None


def _agreed(mentions: tuple[day_names.Mention, ...]) -> list[day_names.Reading]:
    """The distinct readings; a weekday that fits a date named beside it says nothing more."""
    days = [mention.reading for mention in mentions if not mention.weekday]
    weekdays = {day.weekday() for day in days if isinstance(day, date)}
    result: list[day_names.Reading] = []
    for mention in mentions:
        reading = mention.reading
        confirms = mention.weekday and isinstance(reading, date) and reading.weekday() in weekdays
        if not confirms and reading not in result:
            result.append(reading)
    return result


def _shown(day: date) -> Message:
    weekday = Message(f"field.date.weekday.{day.isoweekday()}")
    args: dict[str, Words | int] = {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "iso": f"{day}",
        "weekday": weekday,
    }
    return Message("field.date.shown", args)
