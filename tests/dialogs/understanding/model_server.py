"""A server that speaks the chat completions protocol, and answers what a test says: well, slowly, or badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


def completion(content: object) -> web.Response:
    """A reply as such servers make it."""
    said = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
    return web.json_response({"id": "1", "object": "chat.completion", "choices": [choice], "usage": {}})


def says(content: object) -> Answers:
    async def answer(_: web.Request) -> web.StreamResponse:
        return completion(content)

    return answer


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def drips(request: web.Request) -> web.StreamResponse:
    """Never ends, a little at a time: no single read is slow."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.01)


async def floods(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b'{"choices":' + b" " * 65536)


@dataclass
class ModelServer:
    """One on a port of its own."""

    url: str
    answers: Answers
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of all requests."""
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def last(self) -> dict[str, Any]:
        """What the last request said about the message."""
        about: dict[str, Any] = json.loads(self.asked[-1]["messages"][-1]["content"])
        return about


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    server = ModelServer("", says({}))

    async def handle(request: web.Request) -> web.StreamResponse:
        server.asked.append(await request.json())
        server.headers.append(dict(request.headers))
        return await server.answers(request)

    app = web.Application()
    app.router.add_post("/v1/chat/completions", handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}/v1"
    yield server
    await runner.cleanup()
