"""Limits on guessing: wrong tries are slowed by what is guessed at and from where, in Redis, or here while it is away.

Nothing is ever locked. Each limit is a bucket of wrong tries that drains steadily; a try is put in before it is made,
so that a hundred at once are not all checked, and taken out again when it was right. Totals, which strangers can fill,
hold back only addresses that guessed wrong before.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.contract.errors import BackendError, TooMany

_log = logging.getLogger(__name__)

_KNOWN_SECONDS = 400 * 86_400
"""How long an address is known that once was right; as long as browsers keep cookies."""
_MOST_HERE = 50_000
"""Entries that this process keeps while Redis is away; then the oldest go."""

# The generic cell rate algorithm: all there is of a bucket is the time at which it will be empty.
_ADD = """
local now, every, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + every
if empty - now > window + 0.001 then
    if ARGV[4] == '0' then return tostring(empty - now - window) end
    empty = now + window
end
redis.call('SET', KEYS[1], string.format('%.3f', empty), 'EX', math.ceil(empty - now) + 1)
return '0'
"""
_TAKE = """
local empty = tonumber(redis.call('GET', KEYS[1]) or '0') - tonumber(ARGV[2])
if empty > tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], string.format('%.3f', empty), 'KEEPTTL')
else
    redis.call('DEL', KEYS[1])
end
return '0'
"""


@dataclass(frozen=True)
class Limit:
    """`tries` wrong ones at once, and then one for each that has drained, all of them in `seconds`."""

    name: str
    subject: str
    """Who or what is limited; only a digest of it is stored."""
    tries: int
    seconds: int

    @property
    def every(self) -> float:
        """Seconds in which one try drains."""
        return self.seconds / self.tries

    @property
    def key(self) -> str:
        return _key(self.name, self.subject)


@dataclass(frozen=True)
class Guess:
    """A try at something secret, and what may slow it."""

    door: str
    subject: str
    """What is guessed at."""
    source: str
    """Where from, as `client_address.group` says; empty when a program asks for people that it does not tell apart."""
    limits: tuple[Limit, ...]
    own: tuple[Limit, ...]
    """In place of `limits` for a source that was right about this subject before."""
    first: str = ""
    """Whose first try is checked whatever the limits say; empty: nobody's."""
    first_seconds: int = 0
    """For how long after a wrong one there is no first try again."""
    first_limits: tuple[Limit, ...] = ()
    """How many wrong first tries there may be of many sources together; beyond it they are tries as others."""
    known: bool = False
    """The caller shows by itself that it was right before."""

    @property
    def pair(self) -> str:
        return f"{self.subject}|{self.source}"


class Throttle:
    """Counts tries; `clock` gives seconds, the same for all processes that share a Redis."""

    REDIS_SECONDS: ClassVar[float] = 0.5
    """How long a request may wait for Redis before it counts by itself."""

    def __init__(self, redis: Redis | None, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock
        self._here = _Here()
        self._turns: dict[str, _Turn] = {}

    @contextlib.asynccontextmanager
    async def guess(self, guess: Guess, wrong: type[BackendError] = BackendError) -> AsyncIterator[None]:
        """Make a try within the block; only one that ends by the error `wrong` stays counted.

        Tries of one source at one subject take turns, so right ones at the same time do not stand in each other's way.
        Raises TooMany, with `retry_after` in seconds.
        """
        async with self._turn(_key(guess.door, guess.pair)):
            known = guess.known or await self._marked(guess)
            limits = guess.own if known else guess.limits
            first = "" if known else await self._claim(guess)
            if not first:
                await self._reserve(limits)
            try:
                yield
            except wrong:
                if first:
                    for limit in limits:
                        await self._add(limit, force=True)
                raise
            except BaseException:  # our own failure, another refusal or a lost connection is nobody's wrong guess
                await self._undo(guess, limits, first)
                raise
            await self._undo(guess, limits, first)
            if not known:
                await self._mark(guess)

    async def _reserve(self, limits: tuple[Limit, ...]) -> None:
        """Count against all limits, or against none. Raises TooMany."""
        for done, limit in enumerate(limits):
            if wait := await self._add(limit):
                for earlier in limits[:done]:
                    await self._take(earlier)
                raise TooMany(retry_after=math.ceil(wait))

    async def _undo(self, guess: Guess, limits: tuple[Limit, ...], first: str) -> None:
        if first:
            await self._forget(first)
        for limit in guess.first_limits if first else limits:
            await self._take(limit)

    async def _claim(self, guess: Guess) -> str:
        """The key of the source's first try, or empty: of several at once one is, and none when there were too many."""
        if not guess.first:
            return ""
        key, seconds, redis = _key(f"{guess.door}-first", guess.first), guess.first_seconds, self._redis
        made = await self._ask(
            lambda: redis.set(key, "1", nx=True, ex=seconds) if redis else None,
            lambda: self._here.claim(key, self._clock(), seconds),
        )
        if not made:
            return ""
        try:
            await self._reserve(guess.first_limits)
        except TooMany:
            await self._forget(key)
            return ""
        return key

    async def _forget(self, key: str) -> None:
        redis = self._redis
        await self._ask(lambda: redis.delete(key) if redis else None, lambda: self._here.drop(key))

    async def _marked(self, guess: Guess) -> bool:
        key, redis = _key(f"{guess.door}-known", guess.pair), self._redis
        if not guess.source:
            return False
        return bool(await self._ask(lambda: redis.exists(key) if redis else None, lambda: self._here.has(key)))

    async def _mark(self, guess: Guess) -> None:
        key, redis = _key(f"{guess.door}-known", guess.pair), self._redis
        if guess.own and guess.source and not guess.known:
            await self._ask(
                lambda: redis.set(key, "1", ex=_KNOWN_SECONDS) if redis else None,
                lambda: self._here.claim(key, self._clock(), _KNOWN_SECONDS),
            )

    async def _add(self, limit: Limit, *, force: bool = False) -> float:
        """Seconds until there is room for a try; 0 when it is counted. `force` counts it in any case."""
        now, redis = self._clock(), self._redis
        values = (repr(now), repr(limit.every), str(limit.seconds), "1" if force else "0")
        wait = await self._ask(
            lambda: redis.eval(_ADD, 1, limit.key, *values) if redis else None,
            lambda: self._here.add(limit, now, force),
        )
        return float(wait)

    async def _take(self, limit: Limit) -> None:
        now, redis = self._clock(), self._redis
        await self._ask(
            lambda: redis.eval(_TAKE, 1, limit.key, repr(now), repr(limit.every)) if redis else None,
            lambda: self._here.take(limit, now),
        )

    async def _ask(self, there: Callable[[], Awaitable[Any] | None], here: Callable[[], Any]) -> Any:
        asked = there()
        if asked is None:
            return here()
        try:
            async with asyncio.timeout(self.REDIS_SECONDS):
                return await asked
        except (RedisError, OSError, TimeoutError):
            _log.warning("throttle counts in process, Redis does not answer")
            return here()

    @contextlib.asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        turn = self._turns.setdefault(key, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[key]


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


class _Here:
    """The same counts in this process: by key, when a bucket will be empty or a mark ends."""

    def __init__(self) -> None:
        self._ends: dict[str, float] = {}

    def add(self, limit: Limit, now: float, force: bool) -> float:
        empty = max(self._ends.get(limit.key, 0.0), now) + limit.every
        if empty - now > limit.seconds + 0.001:
            if not force:
                return empty - now - limit.seconds
            empty = now + limit.seconds
        self._put(limit.key, empty)
        return 0.0

    def take(self, limit: Limit, now: float) -> None:
        empty = self._ends.get(limit.key, 0.0) - limit.every
        if empty > now:
            self._put(limit.key, empty)
        else:
            self.drop(limit.key)

    def claim(self, key: str, now: float, seconds: int) -> bool:
        if self._ends.get(key, 0.0) > now:
            return False
        self._put(key, now + seconds)
        return True

    def has(self, key: str) -> bool:
        return key in self._ends

    def drop(self, key: str) -> None:
        self._ends.pop(key, None)

    def _put(self, key: str, ends: float) -> None:
        self._ends.pop(key, None)
        self._ends[key] = ends
        if len(self._ends) > _MOST_HERE:
            del self._ends[next(iter(self._ends))]


def _key(name: str, subject: str) -> str:
    return f"jiesu:throttle2:{name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
