"""Keeps each visitor's latest messages in Redis, so that a page that lost its line, or is new, gets them again.

What must not be lost is elsewhere: tickets, drafts and notices in the database. Losing this costs a page its history.
Of what was looked up, and of codes, only a placeholder is kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import cast

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.web.protocol import Bubble
from dialogs.short_memory import ShortMemory

log = logging.getLogger(__name__)

LENGTH = 300
"""Entries kept of one visitor."""


WHOLE_SECONDS = 60.0
"""How long a page whose line broke still gets whole what is not kept, from this process's memory."""


@dataclass(frozen=True)
class Entry:
    seq: str
    """Place in the stream: grows also over a loss of the stream, for it begins with the time."""
    bubble: Bubble


class Transcript:
    """One Redis stream a visitor; a Redis that is down costs the history, not the conversation."""

    def __init__(self, redis: Redis, keep_seconds: int, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._redis = redis
        self._keep_seconds = keep_seconds
        self._whole: ShortMemory[tuple[str, str], Bubble] = ShortMemory(whole_seconds)

    async def append(self, person: str, bubble: Bubble) -> Entry:
        """Keep a message of `person` (channel and id); the entry has no place when Redis is away."""
        stream = _stream(person)
        if bubble.kept is not None:
            self._whole.hold((person, bubble.key), bubble)
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.xadd(stream, {"b": bubble.as_kept().model_dump_json()}, maxlen=LENGTH, approximate=False)
                pipeline.expire(stream, self._keep_seconds)
                seq, _ = await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("transcript not kept", extra={"error": type(error).__name__})
            return Entry("", bubble)
        return Entry(seq.decode(), bubble)

    async def since(self, person: str, seq: str) -> list[Entry]:
        """What came after a place, oldest first; everything for an empty place."""
        try:
            found = await self._redis.xrange(_stream(person), min=f"({seq}" if seq else "-")
        except (RedisError, OSError) as error:
            log.warning("transcript not read", extra={"error": type(error).__name__})
            return []
        entries = _entries(cast(list[tuple[bytes, dict[bytes, bytes]]], found))
        return [Entry(one.seq, self._whole.get((person, one.bubble.key)) or one.bubble) for one in entries]

    async def is_empty(self, person: str) -> bool:
        """Whether nothing is known; False when Redis is away, for then it cannot be said."""
        try:
            return not await self._redis.exists(_stream(person))
        except (RedisError, OSError):
            return False

    async def find(self, person: str, key: str) -> Entry | None:
        """The entry of a message that may have been kept before."""
        return next((entry for entry in reversed(await self.since(person, "")) if entry.bubble.key == key), None)


def _stream(person: str) -> str:
    return f"jiesu:web:transcript:{person}"


def _entries(found: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    entries = []
    for seq, fields in found:
        try:
            entries.append(Entry(seq.decode(), Bubble.model_validate_json(fields[b"b"])))
        except (KeyError, ValidationError):  # written by another version: that message is forgotten
            log.info("transcript entry of another version skipped")
    return entries
