"""Quiet hours: who is left to sleep, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules.policy.policy import QuietHours
from backend.rules.quiet_hours import earliest

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(start=time(21), end=time(8))
NOON = QuietHours(start=time(12), end=time(14))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        (NIGHT, "2026-11-22 20:59:59", "2026-11-22 20:59:59"),
        (NIGHT, "2026-11-22 21:00:00", "2026-11-23 08:00:00"),
        (NIGHT, "2026-11-23 00:00:00", "2026-11-23 08:00:00"),
        (NIGHT, "2026-11-23 07:59:59", "2026-11-23 08:00:00"),
        (NIGHT, "2026-11-23 08:00:00", "2026-11-23 08:00:00"),
        (NIGHT, "2026-12-31 23:00:00", "2027-01-01 08:00:00"),
        (NOON, "2026-11-22 11:59:59", "2026-11-22 11:59:59"),
        (NOON, "2026-11-22 12:00:00", "2026-11-22 14:00:00"),
        (NOON, "2026-11-22 13:00:00", "2026-11-22 14:00:00"),
        (NOON, "2026-11-22 14:00:00", "2026-11-22 14:00:00"),
        (NOON, "2026-11-22 03:00:00", "2026-11-22 03:00:00"),
    ],
)
def test_notice_waits_for_the_end_of_the_quiet_hours(quiet: QuietHours, now: str, expected: str) -> None:
    found = earliest(at(now), urgent=False, quiet=quiet, timezone=SHANGHAI)
    assert found == at(expected)
    assert found.tzinfo is UTC


def test_urgent_notice_goes_at_once() -> None:
    now = at("2026-11-22 23:00")
    assert earliest(now, urgent=True, quiet=NIGHT, timezone=SHANGHAI) == now


def test_no_quiet_hours() -> None:
    now = at("2026-11-22 23:00")
    assert earliest(now, urgent=False, quiet=None, timezone=SHANGHAI) == now


def test_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        earliest(datetime(2026, 11, 22), urgent=False, quiet=NIGHT, timezone=SHANGHAI)  # noqa: DTZ001


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.sampled_from([NIGHT, NOON]))  # noqa: DTZ001
def test_never_earlier_and_never_quiet_again(now: datetime, quiet: QuietHours) -> None:
    found = earliest(now, urgent=False, quiet=quiet, timezone=SHANGHAI)
    assert found >= now
    assert earliest(found, urgent=False, quiet=quiet, timezone=SHANGHAI) == found
