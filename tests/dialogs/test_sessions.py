"""Sessions are kept, handled one event at a time, and never overwritten by a process that stood still."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from dialogs.sessions import MemorySessions, RedisSessions, SessionBusy, SessionLost, SessionStore

KEY = "web:42"
LOCK = "jiesu:session-lock:web:42"
SESSION = "jiesu:session:web:42"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(params=["redis", "memory"])
def store(request: pytest.FixtureRequest) -> SessionStore:
    return MemorySessions() if request.param == "memory" else RedisSessions(request.getfixturevalue("redis"))


async def test_what_is_saved_is_read_at_the_next_event(store: SessionStore) -> None:
    async with store.locked(KEY) as slot:
        assert slot.data is None
        await slot.save("停电".encode())
    async with store.locked(KEY) as slot:
        assert slot.data == "停电".encode()


async def test_without_saving_nothing_changes(store: SessionStore) -> None:
    async with store.locked(KEY) as slot:
        await slot.save(b"1")
    with pytest.raises(ZeroDivisionError):
        async with store.locked(KEY):
            raise ZeroDivisionError
    async with store.locked(KEY) as slot:
        assert slot.data == b"1"


async def test_people_do_not_wait_for_each_other(store: SessionStore) -> None:
    async with store.locked(KEY) as one, store.locked("web:43") as other:
        await one.save(b"1")
        assert other.data is None


async def test_events_of_one_person_come_one_after_the_other_in_order(store: SessionStore) -> None:
    order: list[int] = []

    async def handle(number: int) -> None:
        async with store.locked(KEY) as slot:
            count = int(slot.data or 0)
            await asyncio.sleep(0)
            order.append(number)
            await slot.save(str(count + 1).encode())

    await asyncio.gather(*(handle(number) for number in range(20)))
    assert order == list(range(20))
    async with store.locked(KEY) as slot:
        assert slot.data == b"20"


async def test_two_processes_share_one_lock(redis: Redis) -> None:
    stores = [RedisSessions(redis), RedisSessions(redis)]

    async def handle(number: int) -> None:
        async with stores[number % 2].locked(KEY) as slot:
            count = int(slot.data or 0)
            await asyncio.sleep(0)
            await slot.save(str(count + 1).encode())

    await asyncio.gather(*(handle(number) for number in range(12)))
    async with stores[0].locked(KEY) as slot:
        assert slot.data == b"12"


async def test_a_dead_process_blocks_a_person_only_for_its_lease(redis: Redis) -> None:
    await redis.set(LOCK, "dead", px=80)
    async with RedisSessions(redis).locked(KEY) as slot:
        assert slot.data is None


async def test_waiting_has_an_end(redis: Redis) -> None:
    await redis.set(LOCK, "busy")
    store = RedisSessions(redis, patience=timedelta(milliseconds=60))
    with pytest.raises(SessionBusy):
        async with store.locked(KEY):
            pass
    assert await redis.get(LOCK) == b"busy"


async def test_a_flood_of_events_is_not_queued_without_end(redis: Redis) -> None:
    store = RedisSessions(redis, most_waiting=2)
    async with store.locked(KEY):
        waiting = asyncio.create_task(store.locked(KEY).__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(SessionBusy):
            async with store.locked(KEY):
                pass
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


@pytest.mark.realtime  # Valkey counts the lease
async def test_the_lock_is_renewed_while_an_event_is_handled(redis: Redis) -> None:
    store = RedisSessions(redis, lease=timedelta(milliseconds=90))
    async with store.locked(KEY) as slot:
        await asyncio.sleep(0.25)
        assert await redis.get(LOCK) is not None
        await slot.save(b"1")
    assert await redis.get(LOCK) is None


async def test_who_lost_the_lock_cannot_overwrite(redis: Redis) -> None:
    async with RedisSessions(redis).locked(KEY) as slot:
        await redis.set(LOCK, "another")
        with pytest.raises(SessionLost):
            await slot.save(b"1")
    assert await redis.get(LOCK) == b"another"
    assert not await redis.exists(SESSION)


async def test_who_stood_still_cannot_overwrite_what_was_saved_meanwhile(redis: Redis) -> None:
    async with RedisSessions(redis).locked(KEY) as slow:
        await redis.delete(LOCK)
        async with RedisSessions(redis).locked(KEY) as quick:
            await quick.save(b"quick")
        with pytest.raises(SessionLost):
            await slow.save(b"slow")
    async with RedisSessions(redis).locked(KEY) as slot:
        assert slot.data == b"quick"


async def test_a_flush_in_the_middle_of_an_event_loses_nothing(redis: Redis) -> None:
    store = RedisSessions(redis)
    async with store.locked(KEY) as slot:
        await slot.save(b"1")
    async with store.locked(KEY) as slot:
        await redis.flushall()
        await slot.save(b"2")
    async with store.locked(KEY) as slot:
        assert slot.data == b"2"


async def test_a_session_is_forgotten_some_time_after_the_last_event(redis: Redis) -> None:
    async with RedisSessions(redis, keep=timedelta(hours=1)).locked(KEY) as slot:
        await slot.save(b"1")
    assert 3_590_000 < await redis.pttl(SESSION) <= 3_600_000


async def test_nothing_stays_behind_in_the_process() -> None:
    class Refusing:
        async def eval(self, *_: object, **__: object) -> None:
            raise ConnectionError

    store = RedisSessions(Refusing())  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        async with store.locked(KEY):
            pass
    assert store._turns == {}


async def test_who_saves_lets_go_at_once_and_may_send_the_same_again(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RedisSessions(redis)
    async with store.locked(KEY) as slot:
        monkeypatch.setattr("dialogs.sessions.secrets.token_hex", lambda _: "a revision")
        await slot.save(b"1")
        async with asyncio.timeout(1), RedisSessions(redis).locked(KEY) as other:
            assert other.data == b"1"
        await slot.save(b"1")  # as the client does when an answer was lost
    monkeypatch.undo()
    async with store.locked(KEY) as slot:
        assert slot.data == b"1"


@pytest.mark.realtime  # Valkey counts the lease
async def test_leaving_never_waits_for_a_renewal_that_goes_on_for_ever(redis: Redis) -> None:
    """A lost cancellation of the renewal held people up for a minute when many wrote at once (Python 3.11)."""
    sessions = RedisSessions(redis, lease=timedelta(milliseconds=9))

    async def one(number: int) -> None:
        async with sessions.locked(f"web:{number}"):
            await asyncio.sleep(number / 2000)  # leaves while its lock is being renewed, sooner or later

    for _ in range(5):
        async with asyncio.timeout(10.0):
            await asyncio.gather(*(one(number) for number in range(60)))


async def test_sessions_that_wait_are_known_to_every_process(
    store: SessionStore, request: pytest.FixtureRequest
) -> None:
    for key in ("web:42", "phone:43"):
        async with store.locked(key) as slot:
            await slot.save(b"{}", waits=True)
    assert await store.waiting() == ["phone:43", "web:42"]
    if isinstance(store, RedisSessions):
        assert await RedisSessions(request.getfixturevalue("redis")).waiting() == ["phone:43", "web:42"]
    async with store.locked("web:42") as slot:
        await slot.save(b"{}")
    async with store.locked("phone:43") as slot:
        await slot.settle()
    assert await store.waiting() == []


async def test_who_lost_the_lock_settles_nothing(redis: Redis) -> None:
    store = RedisSessions(redis)
    async with store.locked(KEY) as slow:
        await redis.delete(LOCK)
        async with RedisSessions(redis).locked(KEY) as quick:
            await quick.save(b"quick", waits=True)
            await slow.settle()
    assert await store.waiting() == [KEY]
