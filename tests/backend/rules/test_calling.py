"""When the phone may ring; 2026-11-23 is a Monday."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.rules.calling import earliest, may_ring, next_attempt
from tests.built_in import default_policy

POLICY = default_policy()
HERE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=HERE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("11-23T08:59:59", "11-23T09:00"),
        ("11-23T09:00", "11-23T09:00"),
        ("11-23T11:59:59", "11-23T11:59:59"),
        ("11-23T12:00", "11-23T14:30"),
        ("11-23T17:59", "11-23T17:59"),
        ("11-23T18:00", "11-24T09:00"),
        ("11-20T18:00", "11-23T09:00"),  # over the weekend
        ("10-10T10:00", "10-10T10:00"),  # a Saturday worked in place of a holiday
        ("10-01T10:00", "10-08T09:00"),  # National Day
    ],
)
def test_calls_are_made_in_their_hours_on_working_days(now: str, first: str) -> None:
    assert earliest(at(now), POLICY) == at(first)
    assert may_ring(at(now), POLICY) is (now == first)


@pytest.mark.parametrize(
    ("now", "made", "then"),
    [
        ("11-23T09:30", 1, "11-23T11:30"),
        ("11-23T11:00", 1, "11-23T14:30"),
        ("11-23T17:00", 1, "11-24T09:00"),
        ("11-20T17:00", 1, "11-23T09:00"),
        ("11-23T09:30", 2, "11-24T09:00"),
        ("11-27T15:00", 2, "11-30T09:00"),
    ],
)
def test_a_call_in_vain_is_made_again_after_the_policy_s_pause(now: str, made: int, then: str) -> None:
    assert next_attempt(at(now), made, POLICY) == at(then)


def test_three_calls_are_enough() -> None:
    assert next_attempt(at("11-23T09:30"), 3, POLICY) is None


def test_the_last_pause_repeats() -> None:
    patient = POLICY.model_copy(update={"follow_up": POLICY.follow_up.model_copy(update={"attempts": 5})})
    assert next_attempt(at("11-23T09:30"), 4, patient) == at("11-24T09:00")
