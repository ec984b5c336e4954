"""A visitor's page without a browser: keeps its place, reconnects, sends again what was not acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

_PAUSE = 0.3
"""Seconds between two tries to connect."""


class Visitor:
    """One page of the web chat that lives through restarts of the server, by the protocol of bot/web/protocol.py."""

    def __init__(self, url: str, browser: aiohttp.ClientSession) -> None:
        self._url = url
        self._browser = browser
        self._last = ""
        self._unacknowledged: dict[str, Mapping[str, Any]] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._ready = False
        """Whether this connection has brought what was missed: before that a page sends no event."""
        self._changed = asyncio.Condition()
        self._over = False
        self.welcomes: list[bool] = []
        """Of each connection: whether the server knew nothing of an earlier conversation."""
        self.bubbles: list[dict[str, Any]] = []
        """Every message frame from the other side, in order, also one that came again."""

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator[Visitor]:
        jar = aiohttp.CookieJar(unsafe=True)  # keeps cookies of IP addresses, as browsers do
        async with aiohttp.ClientSession(headers={"Origin": url}, cookie_jar=jar) as browser:
            async with browser.get(f"{url}/") as response:
                response.raise_for_status()
            visitor = cls(url, browser)
            living = asyncio.create_task(visitor._live())
            try:
                yield visitor
            finally:
                visitor._over = True
                if visitor._socket is not None:
                    await visitor._socket.close()
                await living

    async def does(self, **event: Any) -> None:
        """Do it; it is sent again after a reconnection until the server has acknowledged it."""
        number = str(uuid.uuid4())
        self._unacknowledged[number] = event
        await self._send(number)
        async with asyncio.timeout(60.0), self._changed:
            await self._changed.wait_for(lambda: number not in self._unacknowledged)

    async def says(self, text: str) -> None:
        await self.does(type="text", text=text)

    async def presses(self, label: str) -> None:
        """The newest button that has this in its label."""
        for bubble in reversed(self.bubbles):
            for button in (button for row in bubble["rows"] for button in row):
                if label in button["label"]:
                    await self.does(type="press", command=button["command"], label=label, of=bubble["key"])
                    return
        raise AssertionError(f"no button {label!r}; said were {[text_of(one) for one in self.bubbles]}")

    async def reads(self, part: str) -> str:
        """Wait for a message with this in it."""

        def found() -> str | None:
            return next((text for one in self.bubbles if part in (text := text_of(one))), None)

        try:
            async with asyncio.timeout(90.0), self._changed:
                await self._changed.wait_for(found)
        except TimeoutError:
            said = "\n".join(text_of(one) for one in self.bubbles)
            raise AssertionError(f"waited in vain for {part!r}; said were\n{said}") from None
        text = found()
        assert text is not None
        return text

    async def _live(self) -> None:
        while not self._over:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with self._browser.ws_connect(f"{self._url}/chat/ws") as socket:
                    await socket.send_json({"type": "hello", "last": self._last, "language": "zh_CN"})
                    self._socket = socket
                    async for message in socket:
                        await self._take(message.json())
            self._socket, self._ready = None, False
            await asyncio.sleep(_PAUSE)

    async def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self.welcomes.append(frame["fresh"])
            case "ready":
                self._ready = True
                for number in list(self._unacknowledged):
                    await self._send(number)
            case "wait":
                await asyncio.sleep(frame["seconds"])
                await self._send(frame["id"])
            case "ack":
                self._unacknowledged.pop(frame["id"], None)
            case "failed":
                raise AssertionError(f"the server failed at {self._unacknowledged.get(frame['id'])}")
            case "message":
                await self._show(frame["seq"], frame["message"])
        async with self._changed:
            self._changed.notify_all()

    async def _show(self, seq: str, bubble: dict[str, Any]) -> None:
        self._last = seq or self._last
        if bubble["who"] == "us":
            self.bubbles.append(bubble)
        if bubble["notice"] and self._socket is not None:
            await self._socket.send_json({"type": "seen", "key": bubble["notice"]})

    async def _send(self, number: str) -> None:
        if self._socket is not None and self._ready and number in self._unacknowledged:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_json({"type": "event", "id": number, "event": self._unacknowledged[number]})


def text_of(bubble: Mapping[str, Any]) -> str:
    return "".join(run["text"] for run in bubble["text"])
