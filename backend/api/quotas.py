"""What one visitor, one address and all together may bring in on a day, counted in Redis until midnight.

Staff are not counted. While Redis is away nobody is held back: a lost matter would be worse than a full disk, which the
reserve of `attachments.Store` prevents.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.contract.client_address import group, is_outside
from backend.contract.errors import QuotaReached
from backend.rules.actor import ActorKind
from backend.rules.policy.quotas import CommonQuota
from backend.work.context import Context

_log = logging.getLogger(__name__)

Share = Literal["filings", "additions", "drafts", "files", "megabytes", "sessions"]
"""Of what; the names of the policy's `quotas`."""

# The last key is that of all together. It holds nobody back who had nothing yet: strangers cannot shut the service.
_SPEND = """
local own, amount = 0, tonumber(ARGV[1])
for place, key in ipairs(KEYS) do
    local used = tonumber(redis.call('GET', key) or '0')
    if used + amount > tonumber(ARGV[place + 2]) and (place < #KEYS or own > 0) then return place end
    own = used
end
for _, key in ipairs(KEYS) do
    redis.call('INCRBY', key, ARGV[1])
    redis.call('EXPIRE', key, ARGV[2])
end
return 0
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 1 then redis.call('DECRBY', key, ARGV[1]) end
end
return 0
"""


@dataclass(frozen=True)
class Asker:
    """Who brings something in; what is empty is not counted."""

    visitor: str
    address: str
    """An internet address of its own; of accounts in channels that know none the visitor counts alone."""

    @classmethod
    def of(cls, visitor: str, address: str) -> Asker:
        return cls(visitor, group(address) if is_outside(address) else "")


class Quotas:
    REDIS_SECONDS: ClassVar[float] = 0.5
    """How long a request may wait for Redis before it goes on uncounted."""
    AWAY_SECONDS: ClassVar[float] = 5.0
    """How long nobody waits for it then."""

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._away_until = 0.0

    @contextlib.asynccontextmanager
    async def spending(self, call: Any) -> AsyncIterator[Spending]:
        """What a call spends within the block is given back if the block fails."""
        counted = call.actor.kind is ActorKind.CONTACT
        asker = Asker.of(call.actor.key, call.address) if counted else None
        spending = Spending(self, call.context, asker)
        try:
            yield spending
        except BaseException:
            await spending.give_back()
            raise

    async def admit(self, context: Context, address: str) -> None:
        """A visitor who was never here before. Raises QuotaReached."""
        await Spending(self, context, Asker.of("", address)).take("sessions")

    async def ask(self, script: str, keys: list[str], *values: str) -> int:
        """0 also while Redis does not answer."""
        if self._redis is None or time.monotonic() < self._away_until:
            return 0
        try:
            async with asyncio.timeout(self.REDIS_SECONDS):
                return int(await self._redis.eval(script, len(keys), *keys, *values))
        except (RedisError, OSError, TimeoutError):
            self._away_until = time.monotonic() + self.AWAY_SECONDS
            _log.warning("quotas are not counted, Redis does not answer")
            return 0


class Spending:
    """What one request takes of today's shares."""

    def __init__(self, quotas: Quotas, context: Context, asker: Asker | None) -> None:
        self._quotas = quotas
        self._context = context
        self._asker = asker
        self._taken: dict[str, tuple[list[str], int]] = {}

    async def take(self, share: Share, amount: int = 1) -> None:
        """Once, however often it is called: a transaction may have to be done again. Raises QuotaReached."""
        if self._asker is None or share in self._taken:
            return
        quota: CommonQuota = getattr(self._context.policy.quotas, share)
        day, seconds = _today(self._context)
        subjects = {"visitor": self._asker.visitor, "address": self._asker.address, "all": "all"}
        counted = [name for name, subject in subjects.items() if subject]
        keys = [_key(day, share, name, subjects[name]) for name in counted]
        unit = 2**20 if share == "megabytes" else 1
        limits = [str(getattr(quota, name) * unit) for name in counted]
        if place := await self._quotas.ask(_SPEND, keys, str(amount), str(seconds), *limits):
            _log.warning("quota reached", extra={"share": share, "of": counted[place - 1]})
            raise QuotaReached(what=share, retry_after=seconds)
        self._taken[share] = keys, amount

    async def give_back(self) -> None:
        """Nothing came of it, or it was there already."""
        for keys, amount in self._taken.values():
            await self._quotas.ask(_GIVE_BACK, keys, str(amount))
        self._taken.clear()


def _today(context: Context) -> tuple[str, int]:
    """The city's day, and the seconds until it ends."""
    now = context.now.astimezone(context.timezone)
    ends = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), context.timezone)
    return f"{now:%Y%m%d}", math.ceil((ends - now).total_seconds())


def _key(day: str, share: str, name: str, subject: str) -> str:
    return f"jiesu:quota:{day}:{share}:{name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
