"""The session store forgets everything, or dies, while forms are half filled."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.failures.checks import assert_nothing_lost
from tests.failures.loops import all_live, departments_at_work, enterprises, quiet
from tests.failures.people import Enterprise
from tests.failures.town import Town

pytestmark = [pytest.mark.failure, pytest.mark.slow]

_DRAFT_SECONDS = 3.0
"""A draft is written a moment after the last answer."""


async def test_valkey_flushed_mid_run(town: Town) -> None:
    halfway, running = enterprises(town, 8), enterprises(town, 16, first=9, within=10.0)
    going_on = _hold(halfway)
    async with departments_at_work(town, in_chat=2):
        living = asyncio.create_task(all_live(town, [*halfway, *running], seconds=150.0))
        await _all_halfway(halfway)
        flushed = await town.flush_valkey()
        going_on.set()
        await living
    await quiet(town)
    await assert_nothing_lost(town, [*halfway, *running], excused=[flushed])
    told = [person.restored for person in halfway]
    assert all(times >= 1 for times in told), f"not told that the form went on from its draft: {told}"
    for person in halfway:
        restored = next(one for one in person.chat.bot_messages if "系统刚才中断了一下" in one.text)
        assert "已保存：故障、区域、盏数。" in restored.text, f"what was answered is not named\n{restored.text}"


async def test_valkey_killed_mid_run(town: Town) -> None:
    people = enterprises(town, 24, within=8.0)
    going_on = _hold(people[:8])
    async with departments_at_work(town, in_chat=2):
        living = asyncio.create_task(all_live(town, people, seconds=150.0))
        await _all_halfway(people[:8])
        await asyncio.to_thread(town.valkey.kill)
        killed = town.now()
        going_on.set()
        await asyncio.sleep(4.0)
        await asyncio.to_thread(town.valkey.restart)
        await living
    await quiet(town)
    # At most its last second of writes is lost, and with it receipts of notices.
    await assert_nothing_lost(town, people, excused=[killed])
    assert not [part.unasked for part in town.parts if part.unasked], f"a part ended by itself\n{town.logs()}"


def _hold(people: Sequence[Enterprise]) -> asyncio.Event:
    """Let them stop before the last question until the event is set."""
    going_on = asyncio.Event()
    for person in people:
        person.held = going_on
    return going_on


async def _all_halfway(people: Sequence[Enterprise]) -> None:
    async with asyncio.timeout(60.0):
        for person in people:
            await person.halfway.wait()
    await asyncio.sleep(_DRAFT_SECONDS)
