"""Turns come 50 times a second, also when one of them fails."""

import asyncio
import time

import pytest

from ivr.pacer import Pacer

pytestmark = pytest.mark.realtime


async def test_turns_keep_time_and_a_failing_one_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    pacer = Pacer()
    times: list[float] = []
    enough = asyncio.Event()

    def turn() -> None:
        times.append(time.monotonic())
        if len(times) == 26:
            enough.set()

    def failing() -> None:
        raise ZeroDivisionError

    pacer.add(failing)
    pacer.add(turn)
    async with asyncio.timeout(5):
        await enough.wait()
    await pacer.stop()
    assert times[-1] - times[0] == pytest.approx(0.5, abs=0.1)
    assert sum("failed at its turn" in record.message for record in caplog.records) == 1


async def test_after_standing_still_it_makes_up_for_a_little_only() -> None:
    pacer = Pacer()
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1

    pacer.add(turn)
    await asyncio.sleep(0.05)
    turns = 0
    time.sleep(0.5)  # noqa: ASYNC251 - standing still is what is tested
    await asyncio.sleep(0.01)
    await pacer.stop()
    assert turns <= 7
    assert pacer.skipped >= 15
