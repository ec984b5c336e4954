"""An office's SMS gateway: takes what is posted to it over HTTP, and keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from ivr.outbound.sms import SmsSettings
from tests.ivr.calls.tap import PATIENCE

TOKEN = "token of the gateway"


class Gateway:
    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        """The bodies of the messages taken, in order."""
        self.headers: list[dict[str, str]] = []
        """Of every request, refused ones too."""
        self.refusals: list[int] = []
        """Statuses to answer the next requests with."""
        self.leads_to = ""
        """Where a refusal by redirect points to."""
        self.url = ""
        self._news = asyncio.Event()

    @property
    def settings(self) -> SmsSettings:
        return SmsSettings(self.url, TOKEN, secret="of-the-city")

    async def message(self, to: str, patience: float = PATIENCE) -> str:
        """The text of the first message to a number, once it is there."""
        async with asyncio.timeout(patience):
            while True:
                for body in self.taken:
                    if body["to"] == to:
                        return str(body["text"])
                self._news.clear()
                await self._news.wait()

    async def _take(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        if self.refusals:
            return web.Response(status=self.refusals.pop(0), headers={"Location": self.leads_to or self.url})
        self.taken.append(await request.json())
        self._news.set()
        return web.Response(status=202)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    taking = Gateway()
    app = web.Application()
    app.router.add_route("*", "/messages", taking._take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    taking.url = f"http://{host}:{port}/messages"
    try:
        yield taking
    finally:
        await runner.cleanup()
