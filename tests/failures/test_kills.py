"""Every part is killed again and again while 100 enterprises are being served."""

import asyncio
import random
import time

import pytest

from tests.failures.checks import assert_nothing_lost
from tests.failures.loops import all_live, departments_at_work, enterprises, quiet
from tests.failures.people import PATIENCE
from tests.failures.town import Town

LOOPS = 100
KILLS = 2
"""Of each part."""
SEED = 20261122

pytestmark = [pytest.mark.failure, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(600)]


async def test_kill_9_of_every_part_in_100_loops(large_town: Town) -> None:
    town = large_town
    people = enterprises(town, LOOPS, within=25.0, patience=PATIENCE)
    began = time.monotonic()
    async with departments_at_work(town, in_chat=8, patience=PATIENCE) as in_chat:
        killing = asyncio.create_task(_kill_all(town))
        await all_live(town, people, seconds=300.0)
        await killing
    served = time.monotonic() - began
    waited = await quiet(town)
    figures = await assert_nothing_lost(town, people)
    assert sum(len(one.replied) for one in in_chat) >= LOOPS // 4, "the staff bot had no fair share"
    assert all(len(part.kills) == KILLS for part in town.parts), "not every part was killed as often as meant"
    assert not [part.unasked for part in town.parts if part.unasked], f"a part ended by itself\n{town.logs()}"
    print(  # noqa: T201 - figures of the proof, shown by `pytest -s` and on failure
        f"\n{figures}, {served:.0f} s served + {waited:.0f} s until quiet, {3 * KILLS} kills,"
        f" {sum(person.repeats for person in people)} times somebody pressed again"
    )


async def _kill_all(town: Town) -> None:
    """Kill the parts in random order at random moments, all within the time the loops take."""
    chance = random.Random(SEED)
    order = [part for part in town.parts for _ in range(KILLS)]
    chance.shuffle(order)
    for part in order:
        await asyncio.sleep(chance.uniform(2.0, 7.0))
        part.kill()
