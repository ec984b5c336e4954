"""Telling notifiers and workers by Redis that there is something for them: a hint, which may be lost."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.contract.wakes import CHANNEL

_log = logging.getLogger(__name__)


class Wakes:
    """Collects whom to wake and publishes from one task, so that no request waits for Redis.

    Each name is called once in `SECONDS`, however many requests want it: whoever is woken looks for all there is.
    """

    SECONDS = 0.02

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._waiting: set[str] = set()
        self._some = asyncio.Event()
        self._ending = False

    def add(self, names: Iterable[str]) -> None:
        if self._redis is not None:
            self._waiting.update(names)
            if self._waiting:
                self._some.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._publish_all(), name="wakes")
        try:
            yield
        finally:
            self._ending = True
            self._some.set()
            await task

    async def _publish_all(self) -> None:
        while not self._ending:
            await self._some.wait()
            if not self._ending:
                await asyncio.sleep(self.SECONDS)
            await self._publish_waiting()

    async def _publish_waiting(self) -> None:
        self._some.clear()
        names, self._waiting = self._waiting, set()
        if self._redis is None or not names:
            return
        try:
            async with asyncio.timeout(2.0):
                pipe = self._redis.pipeline(transaction=False)
                for name in names:
                    pipe.publish(CHANNEL, name)
                await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            _log.warning("nobody was woken, Redis does not answer", extra={"names": sorted(names)})
