"""Deadlines: the clocks of one unit's part and the due rows that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.words import Kind, WarningLevel
from backend.rules import warnings
from backend.rules.deadlines import (
    AssignmentFacts,
    DueKind,
    DuePoint,
    assignment_clock,
    dispatch_limit,
    due_points,
    promise,
    rating_points,
    verify_limit,
)
from backend.rules.policy.policy import Policy
from backend.rules.working_time import Pause
from tests.backend.rules.test_policy import parse_policy
from tests.built_in import default_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = default_policy()
CALENDAR = POLICY.calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def local(moment: datetime) -> str:
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def points(kind: Kind, scenario: str, facts: AssignmentFacts, policy: Policy = POLICY) -> dict[DueKind, str]:
    clock = assignment_clock(policy, CALENDAR, kind, scenario, facts)
    return {point.kind: local(point.at) for point in due_points(policy, CALENDAR, clock, facts)}


def counting_from_signing() -> Policy:
    text = resources.files("backend").joinpath("policies", "default.yaml").read_text("utf-8")
    old = "resolve: {counts_from: dispatch, within: {working_days: 5}}"
    assert text.count(old) == 1
    return parse_policy(text.replace(old, old.replace("dispatch", "sign")), "ours.yaml")


DISPATCHED = AssignmentFacts(dispatched_at=at("2026-11-23 09:00"))  # a Monday
SIGNED = replace(DISPATCHED, signed_at=at("2026-11-23 10:00"))


def test_unsigned_help_has_sign_and_resolve_points() -> None:
    assert points(Kind.HELP, "other", DISPATCHED) == {
        DueKind.SIGN_BLUE: "11-23 10:20",
        DueKind.SIGN_LIMIT: "11-23 11:00",
        DueKind.SIGN_ESCALATE: "11-24 17:30",
        # 38.5 working hours in all: blue after 25:40, yellow after 32:43:30
        DueKind.RESOLVE_BLUE: "11-27 08:40",
        DueKind.RESOLVE_YELLOW: "11-30 09:13",
        DueKind.RESOLVE_LIMIT: "11-30 17:30",
        DueKind.RESOLVE_ESCALATE: "12-01 17:30",
    }


def test_signing_ends_the_sign_points() -> None:
    assert not {kind for kind in points(Kind.HELP, "other", SIGNED) if kind.startswith("sign")}


def test_2125_adds_contact_and_interim() -> None:
    found = points(Kind.HELP, "power-cut", SIGNED)
    assert found[DueKind.CONTACT_BLUE] == "11-23 10:20"
    assert found[DueKind.CONTACT_LIMIT] == "11-23 11:00"
    assert found[DueKind.CONTACT_ESCALATE] == "11-24 17:30"
    assert found[DueKind.INTERIM_LIMIT] == "11-24 12:00"
    assert found[DueKind.INTERIM_ESCALATE] == "11-25 17:30"
    assert found[DueKind.RESOLVE_LIMIT] == "11-30 17:30"
    done = points(Kind.HELP, "power-cut", replace(SIGNED, contacted=True, interim_given=True))
    assert not [kind for kind in done if kind.startswith(("contact", "interim"))]


def test_signing_late_gains_no_time() -> None:
    policy = counting_from_signing()
    friday = AssignmentFacts(dispatched_at=at("2026-11-20 09:00"))
    late = replace(friday, signed_at=at("2026-11-24 09:00"))
    early = replace(friday, signed_at=at("2026-11-20 09:10"))
    limits = [points(Kind.HELP, "power-cut", facts, policy)[DueKind.RESOLVE_LIMIT] for facts in (friday, late, early)]
    assert limits == ["11-27 17:30"] * 3
    evening = AssignmentFacts(at("2026-11-20 17:00"), at("2026-11-23 09:00"))  # sign limit is Monday 10:00
    assert points(Kind.HELP, "power-cut", evening, policy)[DueKind.RESOLVE_LIMIT] == "11-30 17:30"
    assert points(Kind.HELP, "power-cut", evening)[DueKind.RESOLVE_LIMIT] == "11-27 17:30"


def test_waiting_for_the_enterprise_suspends_the_resolve_points() -> None:
    waiting = replace(SIGNED, pauses=(Pause(at("2026-11-24 09:00"), None),))
    clock = assignment_clock(POLICY, CALENDAR, Kind.HELP, "other", waiting)
    assert clock.resolve is None
    assert due_points(POLICY, CALENDAR, clock, waiting) == ()
    answered = replace(SIGNED, pauses=(Pause(at("2026-11-24 09:00"), at("2026-11-25 09:00")),))
    assert points(Kind.HELP, "other", answered)[DueKind.RESOLVE_LIMIT] == "12-01 17:30"


def test_asking_after_the_limit_does_not_cure_it() -> None:
    late = replace(SIGNED, pauses=(Pause(at("2026-12-01 09:00"), None),))
    found = points(Kind.HELP, "other", late)
    assert found[DueKind.RESOLVE_LIMIT] == "11-30 17:30"
    assert DueKind.RESOLVE_ESCALATE not in found


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("pauses", [(), (Pause(at("2026-11-24 09:01:07.000003"), at("2026-11-24 09:40:11.5")),)])
def test_due_points_come_when_the_colour_turns(kind: Kind, pauses: tuple[Pause, ...]) -> None:
    facts = replace(SIGNED, dispatched_at=at("2026-11-23 09:13:47.123457"), pauses=pauses)
    clock = assignment_clock(POLICY, CALENDAR, kind, "other", facts)
    assert clock.resolve is not None
    total = CALENDAR.elapsed(clock.resolve_from, clock.resolve.at, pauses)
    due = {point.kind: point.at for point in due_points(POLICY, CALENDAR, clock, facts)}
    seen = {}
    for name in (DueKind.RESOLVE_BLUE, DueKind.RESOLVE_YELLOW, DueKind.RESOLVE_LIMIT):
        used = CALENDAR.elapsed(clock.resolve_from, due[name], pauses)
        seen[name] = warnings.level(used, total, blocked=False, urgent=False, rules=POLICY.warnings)
    assert seen[DueKind.RESOLVE_BLUE] is WarningLevel.BLUE
    assert seen[DueKind.RESOLVE_YELLOW] is WarningLevel.YELLOW
    assert seen[DueKind.RESOLVE_LIMIT] is WarningLevel.RED
    assert due[DueKind.RESOLVE_BLUE] <= due[DueKind.RESOLVE_YELLOW] <= due[DueKind.RESOLVE_LIMIT]


def test_period_is_handed_through() -> None:
    clock = assignment_clock(POLICY, CALENDAR, Kind.HELP, "other", DISPATCHED)
    assert {point.period for point in due_points(POLICY, CALENDAR, clock, DISPATCHED, period=3)} == {3}


def test_points_into_an_unknown_year_are_provisional() -> None:
    facts = AssignmentFacts(dispatched_at=at("2026-12-30 09:00"))
    clock = assignment_clock(POLICY, CALENDAR, Kind.HELP, "other", facts)
    found = {point.kind: point.provisional for point in due_points(POLICY, CALENDAR, clock, facts)}
    assert found[DueKind.RESOLVE_LIMIT]
    assert found[DueKind.RESOLVE_BLUE]
    assert not found[DueKind.SIGN_LIMIT]


def test_verify_limit_is_a_working_day() -> None:
    point = verify_limit(POLICY, CALENDAR, at("2026-11-20 18:00"))
    assert (point.kind, local(point.at), point.provisional) == (DueKind.VERIFY_LIMIT, "11-23 17:30", False)


def test_promise_is_the_resolve_limit() -> None:
    due = promise(POLICY, CALENDAR, Kind.COMPLAINT, "other", at("2026-11-20 18:00"))
    assert local(due.at) == "12-04 17:30"


def test_rating_points_follow_whole_calendar_days() -> None:
    """Completed on a Monday: the first day ends with Tuesday, the third with Thursday, the seventh with Monday."""
    assert _rating("2026-11-16 16:05") == {
        DueKind.RATING_REMINDER: "11-18 08:30",
        DueKind.RATING_FOLLOW_UP: "11-20 08:30",
        DueKind.RATING_EXPIRY: "11-24 00:00",
    }


def test_nobody_is_reminded_on_a_day_off_and_the_time_to_rate_ends_with_a_working_day() -> None:
    """Completed on a Friday; and on a Sunday, whose seventh day is a Sunday."""
    assert _rating("2026-11-20 16:05")[DueKind.RATING_REMINDER] == "11-23 08:30"
    assert _rating("2026-11-15 16:05")[DueKind.RATING_EXPIRY] == "11-24 00:00"


def test_a_reminder_that_would_come_with_the_follow_up_is_left_out() -> None:
    """The National Day holidays of 2026 are seven days; the seventh day after completion is the last of them."""
    assert _rating("2026-09-30 16:05") == {
        DueKind.RATING_FOLLOW_UP: "10-08 08:30",
        DueKind.RATING_EXPIRY: "10-09 00:00",
    }


@given(
    completed=st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: at("2024-01-01") + timedelta(minutes=minutes)),
    days=st.lists(st.integers(1, 40), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_the_time_to_rate_is_whole_days_that_begin_and_end_on_working_days(
    completed: datetime, days: list[int]
) -> None:
    rules = POLICY.rating.model_copy(
        update=dict(zip(("reminder_days", "follow_up_days", "expiry_days"), days, strict=True))
    )
    policy = POLICY.model_copy(update={"rating": rules})
    points = {one.kind: one.at.astimezone(SHANGHAI) for one in rating_points(policy, CALENDAR, completed)}
    for kind, count in zip((DueKind.RATING_REMINDER, DueKind.RATING_FOLLOW_UP), days, strict=False):
        if kind in points:
            assert points[kind].time() == POLICY.office_time.hours[0][0]
            assert CALENDAR.is_workday(points[kind].date()).working
            assert points[kind].date() > completed.date() + timedelta(days=count)
            assert not _any_working(completed.date() + timedelta(days=count + 1), points[kind].date())
    expiry = points[DueKind.RATING_EXPIRY]
    last = expiry.date() - timedelta(days=1)
    assert expiry.time() == time(0)
    assert CALENDAR.is_workday(last).working
    assert last >= completed.date() + timedelta(days=days[2])
    assert not _any_working(completed.date() + timedelta(days=days[2]), last)
    assert sorted(points.values()) == list(points.values())
    assert len(set(points.values())) == len(points)


def _any_working(first: date, end: date) -> bool:
    """Whether a working day lies from `first` on, before `end`."""
    return any(CALENDAR.is_workday(first + timedelta(days=count)).working for count in range((end - first).days))


def _rating(completed: str) -> dict[DueKind, str]:
    points = rating_points(POLICY, CALENDAR, at(completed), 2)
    assert {point.period for point in points} == {2}
    return {point.kind: local(point.at) for point in points}


def test_the_desk_sends_out_within_working_hours() -> None:
    assert local(dispatch_limit(POLICY, CALENDAR, at("2026-11-23 16:30")).at) == "11-24 11:30"


@pytest.mark.parametrize("limit", [verify_limit, dispatch_limit])
def test_what_the_desk_asks_stops_its_own_clock(limit: Callable[..., DuePoint]) -> None:
    came = at("2026-11-23 09:00")
    pause = Pause(at("2026-11-23 10:00"), at("2026-11-23 11:00"))
    plain, paused = limit(POLICY, CALENDAR, came), limit(POLICY, CALENDAR, came, [pause])
    assert CALENDAR.elapsed(came, paused.at) == CALENDAR.elapsed(came, plain.at) + timedelta(hours=1)


def test_a_scenario_s_own_clock_is_promised_in_place_of_the_kind_s() -> None:
    monday = at("2026-11-23 09:00")
    assert local(promise(POLICY, CALENDAR, Kind.CONSULTATION, "other", monday).at) == "11-24 17:30"
    assert local(promise(POLICY, CALENDAR, Kind.CONSULTATION, "power-cut", monday).at) == "11-30 17:30"


def test_due_rows_are_of_the_first_period_unless_another_is_named() -> None:
    clock = assignment_clock(POLICY, CALENDAR, Kind.HELP, "other", DISPATCHED)
    assert {point.period for point in due_points(POLICY, CALENDAR, clock, DISPATCHED)} == {0}
    assert {point.period for point in rating_points(POLICY, CALENDAR, at("2026-11-23 09:00"))} == {0}


def test_what_reaches_into_an_unknown_year_is_provisional_for_the_desk_and_the_rating_too() -> None:
    late, early = at("2026-12-31 16:30"), at("2026-11-23 09:00")
    for begin, provisional in ((late, True), (early, False)):
        desk = [limit(POLICY, CALENDAR, begin) for limit in (verify_limit, dispatch_limit)]
        assert {point.provisional for point in (*desk, *rating_points(POLICY, CALENDAR, begin))} == {provisional}
        assert {point.period for point in desk} == {0}
