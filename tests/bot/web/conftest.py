"""Gives the tests of the web chat a whole house: real backend, Valkey, conversations, notifier and page server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from redis.asyncio import Redis

from backend.contract.client import StaffClient
from bot.web.app import build_app
from bot.web.delivery import PageDelivery
from bot.web.deps import CallPanel, WebDeps
from bot.web.rooms import Rooms
from bot.web.staff_tokens import StaffTokens
from bot.web.transcript import Transcript
from dialogs.delivery.notifier import Notifier
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.notices import Notices
from dialogs.sessions import RedisSessions
from dialogs.speech.voice_messages import Ears
from dialogs.staff import StaffTalk
from dialogs.templates.districts import district_tree
from tests.backend.city import Backend
from tests.built_in import built_in_scenarios

ROOT = Path(__file__).parents[3]


@dataclass
class House:
    """The web chat on a port of its own, before a running backend."""

    backend: Backend
    redis: Redis
    port: int
    confirm_seconds: float = 2.0
    call: CallPanel | None = None
    staff_check_seconds: float = 0.2
    stop_seconds: float = 10.0
    quiet_seconds: float | None = None
    ears: Ears | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Start the process's worth of it: what is in memory is new each time."""
        zone, client = ZoneInfo("Asia/Shanghai"), self.backend.client
        about = await client.view_city()
        scenarios = built_in_scenarios(district_tree(about.districts))
        sessions = RedisSessions(self.redis, lease=timedelta(seconds=2))
        tokens = StaffTokens()
        enterprise = EnterpriseTalk(
            lambda person: client.acting_as(person.key), sessions, scenarios, about, zone, ears=self.ears
        )
        self.enterprise = enterprise
        await asyncio.to_thread(enterprise.warm_up)  # the first words of a process would wait for what reads them

        def staff_calls(_: Person) -> StaffClient:
            return client.with_token(tokens.current())

        self.rooms = Rooms(Transcript(self.redis, 3600))
        notices = Notices(scenarios, zone)
        channels = [
            PageDelivery(name, self.rooms, notices, self.backend.clock, self.confirm_seconds) for name in _NAMES
        ]
        self.notifier = Notifier(client, channels, self.redis, self.backend.clock)
        self.deps = WebDeps(
            backend=client,
            enterprise=enterprise.handle,
            together=enterprise.handle_together,
            quiet_seconds=self.quiet_seconds,
            staff=StaffTalk(staff_calls, sessions, scenarios, about, zone).handle,
            staff_tokens=tokens,
            rooms=self.rooms,
            wake=self.notifier.wake,
            secret=b"a secret of the tests",
            city=about,
            public_url=self.url,
            upload_limit=1024 * 1024,
            now=self.backend.clock,
            staff_check_seconds=self.staff_check_seconds,
            stop_seconds=self.stop_seconds,
            texts=[one.template.model_dump_json() for one in scenarios.values()],
            call=self.call,
        )
        runner = web.AppRunner(build_app(self.deps), access_log=None, shutdown_timeout=5.0)
        await runner.setup()
        self._stack.push_async_callback(enterprise.close)
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        notifying = asyncio.create_task(self.notifier.run())
        self._stack.push_async_callback(_stop, self.notifier, notifying)

    async def reopen(self, *, quiet_seconds: float) -> None:
        """Anew, where texts in a row are one until so long nothing more comes."""
        await self.close()
        self.quiet_seconds = quiet_seconds
        await self.open()

    async def close(self) -> None:
        await self._stack.aclose()
        self._stack = AsyncExitStack()


_NAMES: tuple[Literal["web"], Literal["web-staff"]] = ("web", "web-staff")


async def _stop(notifier: Notifier, task: asyncio.Task[None]) -> None:
    notifier.stop()
    # redis-py can swallow the cancellation of a subscription that is just being made, and the listener then never ends.
    if not (await asyncio.wait([task], timeout=5))[0]:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def house(backend: Backend, redis_url: str) -> AsyncIterator[House]:
    redis = Redis.from_url(redis_url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    house = House(backend, redis, port)
    await house.open()
    yield house
    await house.close()
    await redis.aclose()
