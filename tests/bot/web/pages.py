"""A page without a browser: cookies and a WebSocket, driven by a test."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.bot.web.conftest import House


class Page:
    """One open page. `received` keeps every frame in order."""

    def __init__(self, house: House, session: aiohttp.ClientSession, base: str = "/chat", last: str = "") -> None:
        self._house = house
        self._session = session
        self._base = base
        self.last = last
        self.received: list[dict[str, Any]] = []
        self.confirms = True
        """Whether it says of notices that they are on the screen."""

    async def __aenter__(self) -> Self:
        headers = {"Origin": self._house.url}
        self.socket = await self._session.ws_connect(self._house.url + self._base + "/ws", headers=headers)
        await self.socket.send_json({"type": "hello", "last": self.last, "language": "zh_CN"})
        await self.until(lambda frame: frame["type"] == "ready")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def frame(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self.socket.receive_json(timeout=10)
        self.received.append(frame)
        if frame["type"] == "message":
            self.last = frame["seq"] or self.last
            if frame["message"]["notice"] and self.confirms:
                await self.socket.send_json({"type": "seen", "key": frame["message"]["notice"]})
        return frame

    async def until(self, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not found(frame := await self.frame()):
            pass
        return frame

    async def send(self, event: dict[str, Any], event_id: str = "") -> str:
        event_id = event_id or str(uuid.uuid4())
        await self.socket.send_json({"type": "event", "id": event_id, "event": event})
        return event_id

    async def does(self, event: dict[str, Any], event_id: str = "") -> list[dict[str, Any]]:
        """Send, wait for the acknowledgement, and give what was answered."""
        event_id = await self.send(event, event_id)
        already = len(self.received)
        await self.until(lambda frame: frame["type"] == "ack" and frame["id"] == event_id)
        return [one["message"] for one in self.received[already:] if one["type"] == "message"]

    async def says(self, text: str) -> list[dict[str, Any]]:
        return await self.does({"type": "text", "text": text})

    async def presses(self, command: str) -> list[dict[str, Any]]:
        return await self.does({"type": "press", "command": command, "label": command})

    async def starts(self, payload: str = "") -> list[dict[str, Any]]:
        return await self.does({"type": "start", "payload": payload})

    @property
    def bubbles(self) -> list[dict[str, Any]]:
        return [one["message"] for one in self.received if one["type"] == "message"]


def text_of(bubble: dict[str, Any]) -> str:
    return "".join(run["text"] for run in bubble["text"])


def commands_of(bubble: dict[str, Any]) -> list[str]:
    return [one["command"] for row in bubble["rows"] for one in row]
