"""Working time: the decree's days, limits in days and hours, pauses, and the unknown year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules.statutory_days import statutory_days
from backend.rules.working_time import DECREED_YEARS, DayKind, Due, Pause, WorkingCalendar, WorkingSpan

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
CALENDAR = WorkingCalendar(HOURS, SHANGHAI)


def at(text: str) -> datetime:
    """A local moment, e.g. `2026-11-20 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def hours(count: float) -> WorkingSpan:
    return WorkingSpan(time=timedelta(hours=count))


def end(start: str, span: WorkingSpan, *pauses: Pause, calendar: WorkingCalendar = CALENDAR) -> str | None:
    due = calendar.add(at(start), span, pauses)
    return f"{due.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if due else None


def pause(start: str, finish: str | None) -> Pause:
    return Pause(at(start), None if finish is None else at(finish))


# --- days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_make_up_weekends_of_2026_work(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert CALENDAR.is_workday(date.fromisoformat(day)) == DayKind(working=True, provisional=False)


@pytest.mark.parametrize(
    "day", ["2026-01-01", "2026-01-02", "2026-02-16", "2026-02-23", "2026-04-06", "2026-05-05", "2026-06-19",
            "2026-09-25", "2026-10-01", "2026-10-07"],
)  # fmt: skip
def test_weekday_holidays_of_2026_do_not_work(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert CALENDAR.is_workday(date.fromisoformat(day)) == DayKind(working=False, provisional=False)


def test_unknown_year_goes_by_weekday_and_says_so() -> None:
    assert CALENDAR.is_workday(date(2027, 1, 4)) == DayKind(working=True, provisional=True)
    assert CALENDAR.is_workday(date(2027, 1, 2)) == DayKind(working=False, provisional=True)
    assert CALENDAR.is_workday(date(1999, 1, 4)) == DayKind(working=True, provisional=True)


@pytest.mark.parametrize(
    "day", ["2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05", "2027-06-09", "2027-09-15", "2027-10-01",
            "2028-05-01", "2028-05-02", "2028-10-02", "2028-10-03"],
)  # fmt: skip
def test_days_off_by_law_do_not_work_in_an_unknown_year(day: str) -> None:
    """New Year, the eve and the third day of Spring Festival, Qingming, Dragon Boat, Mid-Autumn, National and Labour
    Day; on weekdays all of them.
    """
    assert date.fromisoformat(day).weekday() < 5
    assert CALENDAR.is_workday(date.fromisoformat(day)) == DayKind(working=False, provisional=True)


@pytest.mark.parametrize("year", sorted(DECREED_YEARS)[-2:])
def test_the_law_s_days_are_days_off_in_decreed_years_too(year: int) -> None:
    """Since the revision of 2024: thirteen days, all of which the decrees contain."""
    assert len(days := statutory_days(year)) >= 13
    assert not [day for day in days if CALENDAR.is_workday(day).working]


def test_no_weekend_of_an_unknown_year_is_guessed_to_be_worked() -> None:
    days = [date(2027, 1, 1) + timedelta(days=count) for count in range(365)]
    assert not [day for day in days if day.weekday() >= 5 and CALENDAR.is_workday(day).working]


def test_overlay_wins_and_a_decreed_year_is_no_longer_provisional() -> None:
    days = {date(2027, 1, 1): False, date(2026, 11, 23): False, date(2026, 11, 22): True}
    office = WorkingCalendar(HOURS, SHANGHAI, days, frozenset({2027}))
    assert office.is_workday(date(2027, 1, 1)) == DayKind(working=False, provisional=False)
    assert office.is_workday(date(2027, 1, 4)) == DayKind(working=True, provisional=False)
    assert not office.is_workday(date(2026, 11, 23)).working
    assert office.is_workday(date(2026, 11, 22)).working


def test_overlay_of_an_unknown_year_settles_only_its_own_days() -> None:
    office = WorkingCalendar(HOURS, SHANGHAI, {date(2027, 1, 1): False})
    assert not office.is_workday(date(2027, 1, 1)).provisional
    assert office.is_workday(date(2027, 1, 4)).provisional


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 11:00", 2, "2026-11-23 15:30"),  # over the noon break
        ("2026-11-23 10:00", 2, "2026-11-23 12:00"),  # ends at closing, not at the next opening
        ("2026-11-23 17:00", 2, "2026-11-24 10:00"),  # over night
        ("2026-11-20 17:00", 2, "2026-11-23 10:00"),  # over a weekend
        ("2026-11-22 03:00", 2, "2026-11-23 10:30"),  # filed on a Sunday night
        ("2026-09-30 16:30", 2, "2026-10-08 09:30"),  # over National Day
        ("2026-10-09 17:00", 1, "2026-10-10 09:00"),  # Saturday 10-10 is made up
        ("2026-11-23 08:30", 6.5, "2026-11-23 17:30"),
        ("2026-11-23 08:30", 13, "2026-11-24 17:30"),
    ],
)
def test_working_hours_count_opening_hours_only(start: str, count: float, expected: str) -> None:
    assert end(start, hours(count)) == expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-23 00:01", 1, "2026-11-24 17:30"),  # the first day does not count (Civil Code, 201)
        ("2026-11-23 23:59", 1, "2026-11-24 17:30"),
        ("2026-11-20 10:00", 5, "2026-11-27 17:30"),
        ("2026-11-21 10:00", 1, "2026-11-23 17:30"),  # filed on a Saturday
        ("2026-09-24 10:00", 5, "2026-10-09 17:30"),  # two holidays: 28, 29, 30 Sept., 8, 9 Oct.
        ("2026-10-08 10:00", 2, "2026-10-10 17:30"),  # make-up Saturday counts
    ],
)
def test_working_days_end_at_closing_time_of_the_last_one(start: str, days: int, expected: str) -> None:
    assert end(start, WorkingSpan(days=days)) == expected


def test_limit_reaching_into_an_unknown_year_is_provisional() -> None:
    within = CALENDAR.add(at("2026-12-30 10:00"), WorkingSpan(days=1))
    beyond = CALENDAR.add(at("2026-12-30 10:00"), WorkingSpan(days=2))
    late = CALENDAR.add(at("2026-12-31 17:00"), hours(1))
    assert within is not None
    assert beyond is not None
    assert late is not None
    assert [within.provisional, beyond.provisional, late.provisional] == [False, True, True]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20 08:00", "2026-11-23 12:00"),
        ("2026-11-23 00:00", "2026-11-24 12:00"),
        ("2026-10-09 18:00", "2026-10-10 12:00"),
    ],
)
def test_noon_of_the_first_working_day_after(start: str, expected: str) -> None:
    due = CALENDAR.noon_after(at(start))
    assert due == Due(at(expected).astimezone(UTC), provisional=False)
    assert due is not None
    assert due.at.tzinfo is UTC


def test_noon_moves_on_by_the_working_time_paused_before_it() -> None:
    start = at("2026-11-23 09:00")
    moved = CALENDAR.noon_after(start, [pause("2026-11-23 11:00", "2026-11-23 15:00")])
    assert moved == Due(at("2026-11-24 16:00").astimezone(UTC), provisional=False)
    assert CALENDAR.noon_after(start, [pause("2026-11-23 18:00", "2026-11-24 08:00")]) == CALENDAR.noon_after(start)


# --- pauses -------------------------------------------------------------------------------------------------------


def test_pause_moves_the_end_by_its_working_time() -> None:
    assert end("2026-11-23 09:00", hours(2), pause("2026-11-23 10:00", "2026-11-23 15:00")) == "2026-11-23 16:00"
    assert (
        end("2026-11-23 09:00", WorkingSpan(days=1), pause("2026-11-24 09:00", "2026-11-24 10:00"))
        == "2026-11-25 09:30"
    )


def test_pause_outside_opening_hours_moves_nothing() -> None:
    over_night = pause("2026-11-23 18:00", "2026-11-24 08:00")
    assert end("2026-11-23 17:00", hours(2), over_night) == "2026-11-24 10:00"
    assert end("2026-11-23 09:00", WorkingSpan(days=1), over_night) == "2026-11-24 17:30"


def test_open_pause_leaves_no_end_unless_the_limit_was_passed_before() -> None:
    assert end("2026-11-23 09:00", hours(2), pause("2026-11-23 10:00", None)) is None
    assert end("2026-11-23 09:00", hours(2), pause("2026-11-23 18:00", None)) == "2026-11-23 11:00"
    assert end("2026-11-23 09:00", WorkingSpan(days=1), pause("2026-11-24 17:00", None)) is None
    assert end("2026-11-23 09:00", WorkingSpan(days=1), pause("2026-11-25 09:00", None)) == "2026-11-24 17:30"


def test_overlapping_pauses_count_once() -> None:
    twice = [pause("2026-11-23 10:00", "2026-11-23 11:00"), pause("2026-11-23 10:30", "2026-11-23 11:30")]
    assert end("2026-11-23 09:00", hours(2), *twice) == "2026-11-23 15:00"
    swallowed = [pause("2026-11-23 10:00", None), pause("2026-11-23 10:30", "2026-11-23 11:30")]
    assert end("2026-11-23 09:00", hours(2), *swallowed) is None


def test_each_of_several_pauses_counts() -> None:
    early, late = pause("2026-11-23 09:00", "2026-11-23 09:30"), pause("2026-11-23 10:00", "2026-11-23 11:00")
    assert end("2026-11-23 09:00", hours(2), early, late) == "2026-11-23 15:00"
    assert end("2026-11-23 09:00", hours(2), late, early) == "2026-11-23 15:00", "in whatever order they are told"
    over = pause("2026-11-20 09:00", "2026-11-20 10:00")
    assert end("2026-11-23 09:00", hours(2), over, late) == "2026-11-23 12:00"
    inner = pause("2026-11-23 10:15", "2026-11-23 10:30")
    assert end("2026-11-23 09:00", hours(2), late, inner) == end("2026-11-23 09:00", hours(2), late)


def test_pause_begun_before_the_start_counts_from_the_start() -> None:
    assert end("2026-11-23 10:00", hours(1), pause("2026-11-20 09:00", "2026-11-23 11:00")) == "2026-11-23 12:00"
    assert end("2026-11-23 10:00", hours(1), pause("2026-11-20 09:00", "2026-11-23 09:00")) == "2026-11-23 11:00"


def test_share_of_a_limit() -> None:
    start, due = at("2026-11-23 08:30"), at("2026-11-24 17:30")
    assert CALENDAR.share(start, due, start) == 0
    assert CALENDAR.share(start, due, at("2026-11-23 22:00")) == 0.5
    assert CALENDAR.share(start, due, due) == 1
    assert CALENDAR.share(start, due, at("2026-11-25 22:00")) == 1.5
    paused = [pause("2026-11-23 08:30", "2026-11-23 17:30")]
    assert CALENDAR.share(start, due, at("2026-11-24 12:00"), paused) == pytest.approx(3.5 / 6.5)
    assert CALENDAR.share(due, due, at("2026-11-24 12:00")) == 0
    assert CALENDAR.share(due, due, due) == 1


# --- properties ---------------------------------------------------------------------------------------------------

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
zoned = st.builds(lambda moment, zone: moment.astimezone(zone), moments, st.sampled_from([UTC, SHANGHAI]))
amounts = st.timedeltas(timedelta(microseconds=1), timedelta(hours=120))
spans = st.one_of(
    st.builds(lambda days: WorkingSpan(days=days), st.integers(1, 30)),
    st.builds(lambda amount: WorkingSpan(time=amount), amounts),
)
pauses = st.lists(
    st.builds(
        lambda start, length: Pause(start, start + length), zoned, st.timedeltas(timedelta(0), timedelta(days=9))
    ),
    max_size=4,
)
new_york = WorkingCalendar(HOURS, ZoneInfo("America/New_York"))  # has summer time
calendars = st.sampled_from([CALENDAR, WorkingCalendar(((time(9), time(17)),), SHANGHAI), new_york])


@given(calendars, zoned, amounts, pauses)
def test_added_time_is_what_elapses(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, stops: list[Pause]
) -> None:
    due = calendar.add(start, WorkingSpan(time=amount), stops)
    assert due is not None
    assert calendar.elapsed(start, due.at, stops) == amount
    assert calendar.elapsed(start, due.at - timedelta(microseconds=1), stops) < amount


@given(calendars, zoned, zoned, spans)
def test_later_start_never_ends_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, span: WorkingSpan
) -> None:
    early, late = calendar.add(min(one, other), span), calendar.add(max(one, other), span)
    assert early is not None
    assert late is not None
    assert early.at <= late.at


@given(zoned, spans, spans, pauses)
def test_longer_limit_never_ends_earlier(
    start: datetime, one: WorkingSpan, other: WorkingSpan, stops: list[Pause]
) -> None:
    short, long = sorted((one, other), key=lambda span: (span.days, span.time))
    if bool(short.days) == bool(long.days):
        first, second = CALENDAR.add(start, short, stops), CALENDAR.add(start, long, stops)
        assert first is not None
        assert second is not None
        assert first.at <= second.at


@given(calendars, zoned, spans, pauses)
def test_pauses_never_shorten(
    calendar: WorkingCalendar, start: datetime, span: WorkingSpan, stops: list[Pause]
) -> None:
    plain, paused = calendar.add(start, span), calendar.add(start, span, stops)
    assert plain is not None
    assert paused is not None
    assert paused.at >= plain.at


@given(zoned, zoned, zoned, pauses)
def test_elapsed_adds_up(one: datetime, two: datetime, three: datetime, stops: list[Pause]) -> None:
    first, second, third = sorted((one, two, three))
    whole = CALENDAR.elapsed(first, third, stops)
    assert whole == CALENDAR.elapsed(first, second, stops) + CALENDAR.elapsed(second, third, stops)
    assert whole <= CALENDAR.elapsed(first, third)
    assert CALENDAR.elapsed(third, first) == timedelta(0)


# --- refusals -----------------------------------------------------------------------------------------------------


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        CALENDAR.add(datetime(2026, 11, 23, 9), hours(1))  # noqa: DTZ001


@pytest.mark.parametrize("span", [{}, {"days": -1}, {"days": 1, "time": timedelta(hours=1)}, {"time": timedelta(-1)}])
def test_span_is_days_or_time(span: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="span"):
        WorkingSpan(**span)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [(), ((time(9), time(9)),), ((time(9), time(12)), (time(11), time(17)))])
def test_opening_hours_must_make_sense(bad: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="opening hours"):
        WorkingCalendar(bad, SHANGHAI)


def test_limit_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError):
        CALENDAR.add(datetime(9998, 12, 1, tzinfo=UTC), WorkingSpan(days=60))
    with pytest.raises(OverflowError):
        CALENDAR.add(datetime(9998, 12, 1, tzinfo=UTC), hours(600))


def test_a_limit_that_passes_a_guessed_day_is_guessed() -> None:
    assert CALENDAR.is_guessed(at("2026-12-30 09:00"), at("2027-01-01 09:00"))
    assert CALENDAR.is_guessed(at("2026-12-30 09:00"), at("2027-01-05 09:00"))
    assert not CALENDAR.is_guessed(at("2026-12-29 09:00"), at("2026-12-31 17:30"))
    assert not CALENDAR.is_guessed(at("2026-12-31 09:00"), at("2026-12-31 17:30"))
