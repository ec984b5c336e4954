"""A machine's clock that is off is noticed, told of with the cure, and right again by itself."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from backend.contract import clock as module
from backend.contract.clock import MeasuredClock

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Times:
    """The clocks of two machines, moved by the test."""

    def __init__(self) -> None:
        self.passed = 0.0
        """Seconds since noon, as they truly are."""
        self.ahead = 0.0
        """Seconds that our machine is ahead."""
        self.there = 0.0
        """Seconds that the question takes to the database, and the answer back."""
        self.back = 0.0
        self.away = False
        self.asked = 0

    async def ask(self) -> datetime:
        self.asked += 1
        if self.away:
            raise ConnectionError
        self.passed += self.there
        said = NOON + timedelta(seconds=self.passed)
        self.passed += self.back
        return said

    def machine(self) -> datetime:
        return NOON + timedelta(seconds=self.passed + self.ahead)

    def clock(self) -> MeasuredClock:
        return MeasuredClock(self.ask, self.machine, lambda: 5000.0 + self.passed)


@pytest.fixture
def times() -> Times:
    return Times()


async def test_before_it_is_measured_nothing_may_be_done_by_it(times: Times) -> None:
    clock = times.clock()
    assert clock.fault() is not None
    assert clock.offset() is None
    await clock.measure()
    assert clock.fault() is None


@pytest.mark.parametrize(("ahead", "right"), [(0, True), (59, True), (-59, True), (61, False), (-61, False)])
async def test_a_minute_is_tolerated_in_either_direction(times: Times, ahead: float, right: bool) -> None:
    times.ahead = ahead
    clock = times.clock()
    await clock.measure()
    assert clock.offset() == timedelta(seconds=ahead)
    assert (clock.fault() is None) is right


async def test_the_fault_says_how_far_which_way_and_what_to_do(times: Times) -> None:
    clock = times.clock()
    times.ahead = timedelta(days=3650).total_seconds()
    await clock.measure()
    assert (clock.fault() or "").startswith("3650 days, 0:00:00 ahead of the database's: set it by NTP")
    times.ahead = -90
    await clock.measure()
    assert (clock.fault() or "").startswith("0:01:30 behind the database's: ")


@pytest.mark.parametrize(("there", "back"), [(4.0, 4.0), (8.0, 0.0), (0.0, 8.0)])
@pytest.mark.parametrize("ahead", [-60.0, 0.0, 60.0])
async def test_half_the_round_trip_is_no_fault(times: Times, there: float, back: float, ahead: float) -> None:
    """Wherever in it the answer was given."""
    times.there, times.back, times.ahead = there, back, ahead
    clock = times.clock()
    await clock.measure()
    assert clock.fault() is None
    offset = clock.offset()
    assert offset is not None
    assert abs(offset.total_seconds() - ahead) <= (there + back) / 2


async def test_a_clock_that_is_moved_is_noticed_before_the_next_measurement(times: Times) -> None:
    clock = times.clock()
    await clock.measure()
    times.passed += 40
    times.ahead = 3600
    assert clock.fault() is not None
    times.ahead = 0
    assert clock.fault() is None
    assert times.asked == 1


async def test_while_the_database_is_away_what_it_said_last_holds(times: Times) -> None:
    clock = times.clock()
    await clock.measure()
    times.away = True
    times.passed += 3600
    await clock.measure()
    assert clock.fault() is None
    times.ahead = 61
    assert clock.fault() is not None


async def test_it_is_measured_every_minute_and_often_while_it_is_wrong(
    times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.0)
    clock = times.clock()
    async with clock.watched():
        assert times.asked == 1
        await _turns()
        assert times.asked == 1
        times.passed += module.EVERY
        await _turns()
        assert times.asked == 2
        times.ahead = 120
        await _turns()
        assert times.asked > 4
        times.ahead = 0
        await _turns()
        asked = times.asked
        await _turns()
        assert times.asked == asked


async def test_one_that_could_not_be_measured_at_start_is_as_soon_as_the_database_answers(
    times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.0)
    times.away = True
    clock = times.clock()
    async with clock.watched():
        assert clock.fault() is not None
        times.away = False
        await _turns()
        assert clock.fault() is None


async def test_the_log_tells_once_that_it_is_wrong_and_once_that_it_is_right_again(
    times: Times, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=module.__name__)
    clock = times.clock()
    for times.ahead in (0, 90, 91, 0, 0):
        await clock.measure()
    assert [(one.levelname, "right again" in one.message) for one in caplog.records] == [
        ("ERROR", False),
        ("WARNING", True),
    ]


async def _turns() -> None:
    """Let the watch look many times."""
    for _ in range(50):
        await asyncio.sleep(0)
