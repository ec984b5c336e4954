"""What the API and the worker are built from: everything they need, passed in by the composition root."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from backend.contract.client_address import LOOPBACK, Networks
from backend.contract.clock import Clock
from backend.rules.policy.policy import Policy
from backend.rules.working_time import WorkingCalendar
from backend.storage.directory import DirectoryCache
from backend.work.context import Context
from backend.work.policies import Policies


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
    clock: Clock
    """While it is wrong, requests are refused and no due row is claimed."""
    pool_size: int = 10
    attachment_bytes: int = 20 * 2**20
    """Largest upload."""
    reserve_bytes: int = 0
    """Free room of the attachments' disk below which uploads are refused."""
    metrics_token: str | None = None
    """Lets a collector on another machine read /metrics; without it only the loopback may."""
    trusted_proxies: Networks = LOOPBACK
    """Whom these name in X-Forwarded-For is believed."""
    directory: DirectoryCache = field(default_factory=DirectoryCache)
    policies: Policies = field(default_factory=Policies)

    async def context(self) -> Context:
        """What an action is given now: a request, or a due row of the worker."""
        return Context(
            now=self.clock(),
            clock=self.clock,
            policy=self.policy,
            calendar=self.calendar,
            directory=await self.directory.current(time.monotonic()),
            timezone=self.timezone,
            secret=self.secret,
            attachments=self.attachments,
            policies=self.policies,
        )
