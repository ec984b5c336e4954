"""What was confirmed while the backend was away is filed by whatever process there is, once, and told once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from backend.contract.clock import MachineClock
from dialogs.delivery import refiling
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Incoming, Person
from dialogs.exchange import Reply
from dialogs.sessions import MemorySessions, RedisSessions
from tests.botapi.waiting import eventually
from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import fill

CLOCK = MachineClock()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(autouse=True)
def quick_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refiling, "_SECONDS", 0.05)


class Process:
    """A bot that runs on the same Valkey and backend as the others."""

    def __init__(self, town: Town, redis: Redis) -> None:
        town.sessions = RedisSessions(redis)
        self.talk: EnterpriseTalk = town.reborn()
        self.told: list[tuple[str, str]] = []
        self.rounds = 0
        self._stack = AsyncExitStack()

    async def start(self, *channels: str) -> None:
        retry = self.talk.retry_pending

        async def counted(
            pressed: Callable[[Person], Incoming], known: Collection[str] | None = None
        ) -> list[tuple[Person, Reply]]:
            try:
                return await retry(pressed, known)
            finally:
                self.rounds += 1

        self.talk.retry_pending = counted  # type: ignore[method-assign, assignment]
        await self._stack.enter_async_context(refiling.refiling(self.talk, self._tell, channels, CLOCK))

    async def stop(self) -> None:
        await self._stack.aclose()
        await self.talk.close()  # drafts are written a moment behind: not into the next test

    async def _tell(self, person: Person, reply: Reply) -> None:
        self.told.append((person.key, reply.language))


async def _confirmed_in_vain(town: Town, redis: Redis) -> None:
    """In a process that is then killed."""
    chat, killed = town.enterprise(), Process(town, redis)
    chat.talk = killed.talk
    await fill(chat)
    town.line.cut()
    await chat.presses("确认提交")
    assert "已经存好" in chat.text
    await killed.stop()


async def _until_filed(town: Town, redis: Redis) -> None:
    async def filed() -> bool:
        return not await RedisSessions(redis).waiting()

    await eventually(filed, timeout=20)


async def test_a_form_is_filed_by_the_processes_that_start_after_the_first_was_killed(town: Town, redis: Redis) -> None:
    await _confirmed_in_vain(town, redis)
    processes = [Process(town, redis) for _ in range(3)]
    for one in processes:
        await one.start("web", "telegram")
    await eventually(lambda: min(one.rounds for one in processes) >= 3)  # in which the backend is still away
    assert not [told for one in processes for told in one.told]
    town.line.mend()
    await eventually(lambda: any(one.told for one in processes), timeout=20)
    await _until_filed(town, redis)
    for one in processes:
        await one.stop()
    assert [told for one in processes for told in one.told] == [("telegram:4711", "zh_CN")]
    page = await town.backend.client.acting_as("telegram:4711").list_tickets()
    assert len(page.items) == 1


async def test_a_process_leaves_the_people_of_other_channels_alone(town: Town, redis: Redis) -> None:
    await _confirmed_in_vain(town, redis)
    town.line.mend()
    phone = Process(town, redis)
    await phone.start("phone")
    await eventually(lambda: phone.rounds >= 3)
    await phone.stop()
    assert await RedisSessions(redis).waiting() == ["telegram:4711"]
    assert (await town.backend.client.acting_as("telegram:4711").list_tickets()).items == []


async def test_a_person_whose_session_is_gone_is_asked_for_no_more(town: Town, redis: Redis) -> None:
    await _confirmed_in_vain(town, redis)
    await redis.delete("jiesu:session:telegram:4711")
    town.line.mend()
    bot = Process(town, redis)
    await bot.start("telegram")
    await _until_filed(town, redis)
    await bot.stop()
    assert bot.told == []


async def test_one_who_cannot_be_told_holds_nobody_up(town: Town, redis: Redis) -> None:
    bot, tried = Process(town, redis), []

    async def tell(person: Person, _reply: Reply) -> None:
        tried.append(person.key)
        raise ConnectionError

    async with refiling.refiling(bot.talk, tell, ("telegram",), CLOCK):
        for times in (1, 2):
            await _confirmed_in_vain(town, redis)
            town.line.mend()
            await eventually(lambda times=times: len(tried) >= times, timeout=20)  # type: ignore[misc]
    assert tried == ["telegram:4711"] * 2
    await bot.stop()


async def test_it_ends_also_when_the_client_of_redis_swallows_its_cancellation(town: Town) -> None:
    """As redis-py does on Python 3.11 now and then."""
    asked = asyncio.Event()

    class Swallowing(MemorySessions):
        async def waiting(self) -> list[str]:
            asked.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            return []

    town.sessions = Swallowing()
    talk = town.reborn()
    async with asyncio.timeout(10), refiling.refiling(talk, _tell_nobody, ("web",), CLOCK):
        await asked.wait()
    await talk.close()


async def _tell_nobody(_person: Person, _reply: Reply) -> None:
    raise AssertionError
