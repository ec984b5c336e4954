"""PostgreSQL is restarted, and once killed, while loops run: every part goes on by itself."""

import asyncio

import pytest

from tests.failures.checks import assert_nothing_lost
from tests.failures.loops import all_live, departments_at_work, enterprises, quiet
from tests.failures.town import Town

pytestmark = [pytest.mark.failure, pytest.mark.slow]


async def test_postgres_restarted_mid_run(town: Town) -> None:
    people = enterprises(town, 24, within=16.0)
    async with departments_at_work(town, in_chat=2):
        living = asyncio.create_task(all_live(town, people, seconds=150.0))
        await asyncio.sleep(6.0)
        await asyncio.to_thread(town.postgres.restart)
        await asyncio.sleep(6.0)
        await asyncio.to_thread(town.postgres.kill)
        await asyncio.sleep(2.0)
        await asyncio.to_thread(town.postgres.restart)
        await living
    await quiet(town)
    figures = await assert_nothing_lost(town, people)
    assert figures.repeated == 0, "no part died, yet a notice was told twice"
    assert not [part.deaths for part in town.parts if part.deaths], f"a part needed an operator\n{town.logs()}"
