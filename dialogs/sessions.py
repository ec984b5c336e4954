"""Keeps each person's session in Redis (or Valkey), one event at a time, and forgets it after a while."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_PREFIX = "jiesu:session"
_WAITING = "jiesu:sessions-waiting"
"""Set of the keys of sessions that wait for the backend: whoever takes it up need not read every session."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25
"""Seconds between two tries for a lock that another process holds."""

_TAKE = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return redis.call('HMGET', KEYS[2], 'revision', 'data')
end
return false
"""
# Saves while the lock is ours, and lets go of it: what is saved ends an event. When the lock is gone and nobody has it
# (the store was flushed, or we stood still), the session must still be the one we read, or be gone too: then nobody
# else can have changed it.
_SAVE = """
local revision = redis.call('HGET', KEYS[2], 'revision')
if revision == ARGV[3] then return 1 end -- sent again, for the answer was lost on its way
local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[1] and (holder or revision and revision ~= ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'revision', ARGV[3], 'data', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call(ARGV[7], KEYS[3], ARGV[6])
if holder then redis.call('DEL', KEYS[1]) end
return 1
"""
_SETTLE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('SREM', KEYS[2], ARGV[2]) end return 0"
_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class SessionBusy(Exception):
    """Too many events of one person wait, or one took too long: deliver this one again later."""


class SessionLost(Exception):
    """Another process took over this person's session meanwhile: nothing was saved; handle the event again."""


class Slot(Protocol):
    """One person's session while it is locked."""

    @property
    def data(self) -> bytes | None:
        """What was saved last; None if nothing is kept."""
        ...

    async def save(self, data: bytes, *, waits: bool = False) -> None:
        """Keep it, and let others have the session; `waits`: something in them is to be done without the
        person. Raises SessionLost.
        """
        ...

    async def settle(self) -> None:
        """It waits for nothing; it was not changed."""
        ...


class SessionStore(Protocol):
    def locked(self, key: str) -> AbstractAsyncContextManager[Slot]:
        """The session of a person (`Person.key`), for one event. Raises SessionBusy."""
        ...

    async def waiting(self) -> list[str]:
        """Keys of the sessions that were saved as waiting, by whatever process."""
        ...


@dataclass
class _Turns:
    """Events of one person in this process, first come first served."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class RedisSessions:
    """Sessions that survive every process and are shared by all of them.

    Within a process events wait in order; between processes the lock goes to whoever asks first when it is free.
    """

    def __init__(
        self,
        redis: Redis,
        keep: timedelta = timedelta(days=7),
        lease: timedelta = timedelta(seconds=5),
        patience: timedelta = timedelta(seconds=60),
        most_waiting: int = 100,
    ) -> None:
        """`keep`: how long after the last event; `lease`: how long a dead process blocks a person; `patience`: the
        longest wait for the events before; `most_waiting`: events of one person waiting in this process.
        """
        self._redis = redis
        self._keep = keep
        self._lease = lease
        self._patience = patience
        self._most_waiting = most_waiting
        self._turns: dict[str, _Turns] = {}

    @asynccontextmanager
    async def locked(self, key: str) -> AsyncIterator[Slot]:
        turns = self._turns.setdefault(key, _Turns())
        if turns.waiting >= self._most_waiting:
            raise SessionBusy
        turns.waiting += 1
        try:
            async with _patiently(turns.lock, self._patience), self._slot(key) as slot:
                yield slot
        finally:
            turns.waiting -= 1
            if turns.waiting == 0:
                self._turns.pop(key, None)

    async def waiting(self) -> list[str]:
        keys = await self._redis.smembers(_WAITING)
        return sorted(key.decode() if isinstance(key, bytes) else str(key) for key in keys)

    @asynccontextmanager
    async def _slot(self, key: str) -> AsyncIterator[Slot]:
        slot = _RedisSlot(self._redis, key, self._keep)
        await self._acquire(slot)
        ended = asyncio.Event()
        renewing = asyncio.create_task(self._renew(slot, ended), name=f"renew session lock {slot.token}")
        try:
            yield slot
        finally:
            # Told, not cancelled: on Python 3.11 redis-py swallows a cancellation that meets the end of a write
            # (asyncio.wait_for, python/cpython#86296), and the person would wait for ever.
            ended.set()
            await asyncio.gather(renewing, return_exceptions=True)
            if not slot.released:
                await self._release(slot)

    async def _acquire(self, slot: _RedisSlot) -> None:
        pause = _FIRST_PAUSE
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                while not await slot.take(self._lease):
                    await asyncio.sleep(pause * random.uniform(0.5, 1))
                    pause = min(pause * 1.5, _LONGEST_PAUSE)
        except TimeoutError:
            raise SessionBusy from None

    async def _renew(self, slot: _RedisSlot, ended: asyncio.Event) -> None:
        lease = int(self._lease.total_seconds() * 1000)
        while not await _happens(ended, self._lease / 3):
            try:
                await self._redis.eval(_RENEW, 1, slot.lock, slot.token, str(lease))
            except RedisError:
                # Saving finds out whether the lock is still ours.
                log.warning("session lock not renewed", extra={"action": "renew_session"})

    async def _release(self, slot: _RedisSlot) -> None:
        try:
            await self._redis.eval(_RELEASE, 1, slot.lock, slot.token)
        except RedisError:
            # It ends by itself after the lease; what was saved is saved.
            log.warning("session lock not released", extra={"action": "release_session"})


class _RedisSlot:
    def __init__(self, redis: Redis, key: str, keep: timedelta) -> None:
        self._redis = redis
        self._keep = keep
        self._key = key
        self._session = f"{_PREFIX}:{key}"
        self._revision = ""
        self.released = False
        self.lock = f"{_PREFIX}-lock:{key}"
        self.token = secrets.token_hex(16)
        self.data: bytes | None = None

    async def take(self, lease: timedelta) -> bool:
        """Lock and read it; False while somebody else has it."""
        milliseconds = str(int(lease.total_seconds() * 1000))
        found = await self._redis.eval(_TAKE, 2, self.lock, self._session, self.token, milliseconds)
        if found is None:
            return False
        revision, data = found
        if data is not None:
            self._revision = revision.decode() if isinstance(revision, bytes) else str(revision)
            self.data = data if isinstance(data, bytes) else str(data).encode()
        return True

    async def save(self, data: bytes, *, waits: bool = False) -> None:
        revision = secrets.token_hex(16)
        keep = int(self._keep.total_seconds() * 1000)
        mark = "SADD" if waits else "SREM"
        arguments = (self.token, self._revision, revision, data, str(keep), self._key, mark)
        if not await self._redis.eval(_SAVE, 3, self.lock, self._session, _WAITING, *arguments):
            raise SessionLost
        self._revision, self.data, self.released = revision, data, True

    async def settle(self) -> None:
        await self._redis.eval(_SETTLE, 2, self.lock, _WAITING, self.token, self._key)


async def _happens(event: asyncio.Event, within: timedelta) -> bool:
    try:
        async with asyncio.timeout(within.total_seconds()):
            await event.wait()
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def _patiently(lock: asyncio.Lock, patience: timedelta) -> AsyncIterator[None]:
    """The lock, or SessionBusy. asyncio's lock is fair: who came first gets it first."""
    try:
        async with asyncio.timeout(patience.total_seconds()):
            await lock.acquire()
    except TimeoutError:
        raise SessionBusy from None
    try:
        yield
    finally:
        lock.release()


class MemorySessions:
    """The twin for tests: sessions of one process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._waiting: set[str] = set()
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def locked(self, key: str) -> AsyncIterator[Slot]:
        async with self._locks.setdefault(key, asyncio.Lock()):
            yield _MemorySlot(self._kept, self._waiting, key)

    async def waiting(self) -> list[str]:
        return sorted(self._waiting)


class _MemorySlot:
    def __init__(self, kept: dict[str, bytes], waiting: set[str], key: str) -> None:
        self._kept = kept
        self._waiting = waiting
        self._key = key
        self.data: bytes | None = kept.get(key)

    async def save(self, data: bytes, *, waits: bool = False) -> None:
        self._kept[self._key] = data
        self.data = data
        if waits:
            self._waiting.add(self._key)
        else:
            self._waiting.discard(self._key)

    async def settle(self) -> None:
        self._waiting.discard(self._key)
