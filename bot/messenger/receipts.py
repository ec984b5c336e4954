"""Remembers how much of a notice its receiver has."""

from __future__ import annotations

import logging
from datetime import timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_KEPT = timedelta(days=2)


class Receipts:
    """How much of a notice its receiver has: when an acknowledgement was lost, what was sent is not sent again."""

    def __init__(self, redis: Redis | None, channel: str) -> None:
        self._redis = redis
        self._prefix = f"jiesu:told:{channel}:"

    async def parts(self, key: str) -> int:
        """Parts of this notice that were sent; 0 too when nobody knows."""
        if self._redis is None:
            return 0
        try:
            return int(await self._redis.get(self._prefix + key) or 0)
        except (RedisError, OSError):
            return 0

    async def note(self, key: str, parts: int) -> None:
        """So many parts were sent."""
        if self._redis is None:
            return
        try:
            await self._redis.set(self._prefix + key, parts, ex=_KEPT)
        except (RedisError, OSError) as error:
            # A repeat is then not recognised; better told twice than never.
            log.warning("a receipt was not kept", extra={"error": type(error).__name__})
