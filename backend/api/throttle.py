"""Limits on guessing: counts of tries in Redis, and in this process while Redis is away."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import ClassVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.contract.errors import BackendError, TooMany

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    name: str
    subject: str
    """Who or what is limited; only a digest of it is stored."""
    tries: int
    seconds: int
    """Window, from the first try counted."""

    @property
    def key(self) -> str:
        return f"jiesu:throttle:{self.name}:{hashlib.sha256(self.subject.encode()).hexdigest()[:32]}"


class Throttle:
    """Counts tries; `clock` gives monotonic seconds."""

    REDIS_SECONDS: ClassVar[float] = 0.5
    """How long a request may wait for Redis before it counts by itself."""

    def __init__(self, redis: Redis | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._clock = clock
        self._local: dict[str, tuple[int, float]] = {}

    @contextlib.asynccontextmanager
    async def guess(self, *limits: Limit, wrong: type[BackendError] = BackendError) -> AsyncIterator[None]:
        """Count a try against every limit before it is made, so that simultaneous tries cannot slip through.

        A block that ends otherwise than by the error `wrong` takes its try back. Raises TooMany, with `retry_after`
        in seconds.
        """
        for limit in limits:
            if await self._add(limit, 1) > limit.tries:
                raise TooMany(retry_after=limit.seconds)
        try:
            yield
        except wrong:
            raise
        except BaseException:  # our own failure, another refusal or a lost connection is nobody's wrong guess
            await self._take_back(limits)
            raise
        await self._take_back(limits)

    async def _take_back(self, limits: tuple[Limit, ...]) -> None:
        for limit in limits:
            await self._add(limit, -1)

    async def _add(self, limit: Limit, step: int) -> int:
        if self._redis is None:
            return self._add_here(limit, step)
        try:
            async with asyncio.timeout(self.REDIS_SECONDS):
                pipe = self._redis.pipeline(transaction=True)
                pipe.incrby(limit.key, step)
                pipe.expire(limit.key, limit.seconds, nx=True)
                counted, _ = await pipe.execute()
                return int(counted)
        except (RedisError, OSError, TimeoutError):
            _log.warning("throttle counts in process, Redis does not answer", extra={"limit": limit.name})
            return self._add_here(limit, step)

    def _add_here(self, limit: Limit, step: int) -> int:
        now = self._clock()
        if len(self._local) > 10_000:
            self._local = {key: kept for key, kept in self._local.items() if kept[1] > now}
        count, ends = self._local.get(limit.key, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + limit.seconds
        self._local[limit.key] = (max(count + step, 0), ends)
        return count + step
