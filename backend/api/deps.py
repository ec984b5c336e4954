"""What the API and the worker are built from: everything they need, passed in by the composition root."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from backend.actions.context import Context
from backend.actions.directory import DirectoryCache
from backend.actions.policies import Policies
from backend.contract.client_address import LOOPBACK, Networks
from backend.rules.policy import Policy
from backend.rules.working_time import WorkingCalendar


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Deps:
    database_url: str
    redis: Redis | None
    """Wake-ups and throttles; None, or one that is down, costs no request."""
    policy: Policy
    calendar: WorkingCalendar
    timezone: ZoneInfo
    secret: bytes
    attachments: Path
    """Folder of attachments; made at start."""
    pool_size: int = 10
    now: Callable[[], datetime] = utc_now
    attachment_bytes: int = 20 * 2**20
    """Largest upload."""
    metrics_token: str | None = None
    """Lets a collector on another machine read /metrics; without it only the loopback may."""
    trusted_proxies: Networks = LOOPBACK
    """Whom these name in X-Forwarded-For is believed."""
    directory: DirectoryCache = field(default_factory=DirectoryCache)
    policies: Policies = field(default_factory=Policies)

    async def context(self) -> Context:
        """What an action is given now: a request, or a due row of the worker."""
        return Context(
            now=self.now(),
            policy=self.policy,
            calendar=self.calendar,
            directory=await self.directory.current(time.monotonic()),
            timezone=self.timezone,
            secret=self.secret,
            attachments=self.attachments,
            policies=self.policies,
        )
