"""Gives the tests of calls from a page a server that takes them, with the chat's own page before it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from backend.contract.models.organisation import CityOut
from bot.web.deps import CallPanel
from bot.web.pages import Look, page_files
from ivr.call import MediaCall
from ivr.page.app import PageDeps, PagePhone, add_routes
from tests.ivr.contract import CALLER, PATIENCE
from tests.ivr.page.peer import Peer

_CITY = CityOut(name="榕江市", name_en="Rongjiang", districts=[], departments=[], emergencies=[])

CallHandler = Callable[[MediaCall], Awaitable[None]]


class Office:
    """A server that takes calls; `deps` may be replaced before `open`, `talk` before a call."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[MediaCall] = asyncio.Queue()
        self.talk: CallHandler | None = None
        self.release = asyncio.Event()
        self.deps = PageDeps(
            on_call=self._talk,
            is_own=lambda request: request.headers.get("Origin") == f"http://{request.host}",
            wait=lambda _: 0,
            caller=self._who,
            called="12345",
            drain_seconds=0,
        )
        self.phone: PagePhone
        self.url = ""
        self._peers: list[Peer] = []

    async def open(self, **changes: object) -> None:
        self.deps = replace(self.deps, **changes)  # type: ignore[arg-type]
        app = web.Application()
        self.phone = add_routes(app, self.deps)
        self._add_page(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        self.session = aiohttp.ClientSession()

    async def close(self) -> None:
        self.release.set()
        for peer in self._peers:
            await peer.close()
        if self.url:
            await self.session.close()
            await self._runner.cleanup()

    def peer(self) -> Peer:
        peer = Peer(self.session, self.url)
        self._peers.append(peer)
        return peer

    async def called(self) -> MediaCall:
        async with asyncio.timeout(PATIENCE):
            return await self.calls.get()

    async def quiet(self) -> None:
        """Until no call is under way."""
        async with asyncio.timeout(PATIENCE):
            while self.phone.calls:  # noqa: ASYNC110 - the phone has no reason to tell
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """As the service stops."""
        await self._runner.cleanup()

    def _add_page(self, app: web.Application) -> None:
        """The chat's page, without a chat behind it."""
        assets = page_files()
        look = Look(assets, _CITY, CallPanel(self.phone.script, self.phone.style))
        app.router.add_get("/assets/{version}/{name}", assets.serve)

        async def page(request: web.Request) -> web.Response:
            return look.chat(request, "test", 1)

        app.router.add_get("/", page)

    async def _talk(self, call: MediaCall) -> None:
        self.calls.put_nowait(call)
        if self.talk is not None:
            await self.talk(call)
        else:
            await self.release.wait()

    async def _who(self, _: web.Request) -> str | None:
        return CALLER


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    office = Office()
    yield office
    await office.close()
