"""Bursts are let through, floods are told how long to wait."""

from bot.web.pace import Pace


def test_a_burst_then_a_steady_pace() -> None:
    now = 100.0
    pace = Pace(burst=3, per_second=2, clock=lambda: now)
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 0]
    assert pace.wait("a") == 0.5
    assert pace.wait("b") == 0  # another visitor is not held back
    now += 0.5
    assert pace.wait("a") == 0
    assert pace.wait("a") == 0.5


def test_a_long_rest_gives_no_more_than_a_burst() -> None:
    now = 0.0
    pace = Pace(burst=2, per_second=1, clock=lambda: now)
    pace.wait("a")
    now = 1000.0
    assert [bool(pace.wait("a")) for _ in range(3)] == [False, False, True]
