"""Hearing by Redis that there is something to do: a hint, which may be lost and is never needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "jiesu:wake"
"""Redis channel; a message is the name of a notice channel (`telegram`, `web`, ...), or `due` for workers."""
_LOOK_SECONDS = 1.0
"""How soon a listener sees that it shall stop."""
_PAUSE_SECONDS = 2.0
"""Between tries to reach a Redis that is away."""


async def listen(redis: Redis | None, heard: Callable[[str], None], stopping: asyncio.Event) -> None:
    """Tell `heard` each name that is called, until `stopping`; at once over without Redis.

    It ends by itself and need not be cancelled: on Python 3.11 redis-py may swallow a cancellation that meets the end
    of a read (asyncio.wait_for, python/cpython#86296).
    """
    while redis is not None and not stopping.is_set():
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                await pubsub.subscribe(CHANNEL)
                while not stopping.is_set():
                    message = await pubsub.get_message(timeout=_LOOK_SECONDS)
                    if message is not None:
                        heard(message["data"].decode())
        except (RedisError, OSError):
            await asyncio.sleep(_PAUSE_SECONDS)
