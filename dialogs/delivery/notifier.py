"""Takes notices from the backend's outbox and has the channels deliver them: at least once, repeats recognisable."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence

import aiohttp
from redis.asyncio import Redis

from backend.contract.client import BackendClient
from backend.contract.clock import Clock
from backend.contract.errors import BackendError
from backend.contract.models.notices import ClaimIn, NoticeFailed, NoticeOut
from backend.contract.wakes import listen
from dialogs.delivery.delivery import Delivery, Later, UndeliverableError

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""Longest wait between looks when nobody wakes us: without Redis a notice is this late, never lost."""
SILENT_SECONDS = 15.0
"""How long a backend may not answer before that is worth a warning: it starts, or starts again, in less."""
LEASE_SECONDS = 60
_BATCH = 30


class Notifier:
    """Serves every channel of one process until stopped."""

    def __init__(
        self,
        client: BackendClient,
        channels: Sequence[Delivery],
        redis: Redis | None,
        clock: Clock,
        stop_seconds: float = 10.0,
        *,
        lease_seconds: int = LEASE_SECONDS,
        most_in_hand: int = 120,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        """While `clock` is wrong nothing is claimed.

        `stop_seconds`: how long a stop waits for what is in hand; a chat's queue may be minutes long. `lease_seconds`:
        a notice in our hands comes back to others after this, should we die; `most_in_hand`: notices of one channel
        being delivered at a time, each of which must end within its lease.
        """
        self._client = client
        self._channels = {channel.name: channel for channel in channels}
        self._redis = redis
        self._clock = clock
        self._woken = {name: asyncio.Event() for name in self._channels}
        self._stopping = asyncio.Event()
        self._stop_seconds = stop_seconds
        self._lease_seconds = lease_seconds
        self._most_in_hand = most_in_hand
        self._silent_seconds = silent_seconds
        self._silent_since: float | None = None
        self._unseen: dict[int, asyncio.Task[None]] = {}

    def wake(self, name: str) -> None:
        """Look now, for instance because a page was opened."""
        if name in self._woken:
            self._woken[name].set()

    def stop(self) -> None:
        """Deliver what is in hand and can be within the time for it, then return from `run`."""
        self._stopping.set()
        for event in self._woken.values():
            event.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._redis, self.wake, self._stopping))
            for channel in self._channels.values():
                group.create_task(self._serve(channel))
        unseen = tuple(self._unseen.values())
        for task in unseen:
            task.cancel()
        await asyncio.gather(*unseen, return_exceptions=True)

    async def _serve(self, channel: Delivery) -> None:
        """Claim as long as there is room in hand: a receiver who is slow to confirm holds up nobody else."""
        woken = self._woken[channel.name]
        in_hand: dict[int, asyncio.Task[None]] = {}

        while not self._stopping.is_set():
            woken.clear()
            room = min(_BATCH, self._most_in_hand - len(in_hand))
            found = await self._claim(channel, room) if room else ()
            for notice in found:
                # One that waits its turn longer than its lease comes again: it is being delivered already.
                if notice.id not in in_hand:
                    in_hand[notice.id] = self._begin(channel, notice, in_hand, woken)
            if len(found) < _BATCH:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await woken.wait()
        await self._put_down(in_hand.values())

    async def _put_down(self, in_hand: Collection[asyncio.Task[None]]) -> None:
        """What is not delivered in time comes back to others when its lease ends."""
        if not in_hand:
            return
        _, late = await asyncio.wait(in_hand, timeout=self._stop_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _begin(
        self, channel: Delivery, notice: NoticeOut, in_hand: dict[int, asyncio.Task[None]], woken: asyncio.Event
    ) -> asyncio.Task[None]:
        def let_go(_task: asyncio.Task[None]) -> None:
            del in_hand[notice.id]
            if len(in_hand) == self._most_in_hand - 1:
                woken.set()

        task = asyncio.create_task(self._deliver(channel, notice), name=f"notice {notice.id}")
        task.add_done_callback(let_go)
        return task

    async def _claim(self, channel: Delivery, limit: int) -> Sequence[NoticeOut]:
        addresses = channel.open_addresses()
        if (addresses is not None and not addresses) or self._clock.fault() is not None:
            return ()
        wanted = ClaimIn(
            channels=[channel.name],
            addresses=list(addresses)[:1000] if addresses is not None else None,
            limit=limit,
            lease_seconds=self._lease_seconds,
        )
        try:
            found = (await self._client.claim_notices(wanted)).items
        except (BackendError, aiohttp.ClientError, TimeoutError, OSError) as error:
            now = asyncio.get_running_loop().time()
            self._silent_since = now if self._silent_since is None else self._silent_since
            late = now - self._silent_since >= self._silent_seconds
            level = logging.WARNING if late else logging.INFO
            log.log(level, "no notices: the backend does not answer", extra={"error": type(error).__name__})
            return ()
        self._silent_since = None
        return found

    async def _deliver(self, channel: Delivery, notice: NoticeOut) -> None:
        failed: NoticeFailed | None = None
        try:
            await channel.deliver(notice)
        except UndeliverableError as error:
            failed = NoticeFailed(reason=error.reason, retry_seconds=error.retry_seconds)
            if error.later is not None:
                self._await_unseen(notice, error.later)
        except Exception:
            log.exception("a notice could not be shown", extra={"notice": notice.id, "template": notice.template})
            failed = NoticeFailed(reason="temporary", retry_seconds=60)
        await self._acknowledge(notice, failed)

    def _await_unseen(self, notice: NoticeOut, later: Later) -> None:
        """It lies before a person who does not look, which may take hours: it keeps no place in hand."""

        async def acknowledge() -> None:
            if await later():
                await self._acknowledge(notice, None)

        if notice.id not in self._unseen:
            task = self._unseen[notice.id] = asyncio.create_task(acknowledge(), name=f"unseen notice {notice.id}")
            task.add_done_callback(lambda _: self._unseen.pop(notice.id))

    async def _acknowledge(self, notice: NoticeOut, failed: NoticeFailed | None) -> None:
        try:
            if failed is None:
                await self._client.mark_sent(notice.id)
            else:
                await self._client.mark_failed(notice.id, failed)
        except (BackendError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("a notice was not acknowledged", extra={"notice": notice.id, "error": type(error).__name__})
