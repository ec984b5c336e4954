"""Serves a web application of ours: slow clients are let go, malformed requests are no errors of ours."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from aiohttp import StreamReader, web, web_response
from aiohttp.http_exceptions import HttpProcessingError

from backend.api import health, problems

HEADER_SECONDS: Final = 20.0
"""How long a connection may take to send the head of its next request: more is no person and no program of ours."""
BODY_SECONDS: Final = 30.0
BODY_RATE: Final = 1024
"""Bytes a second that a body must bring over `BODY_SECONDS`; a phone on a bad line has several times that."""

_log = logging.getLogger(__name__)
_server_log = logging.getLogger("aiohttp.server")


@contextlib.asynccontextmanager
async def serving(app: web.Application, host: str, port: int, *, drain_seconds: float = 20.0) -> AsyncIterator[str]:
    """Serve for the length of a block and yield the base URL; port 0 takes a free one.

    At the end no connection is accepted any more, `/readyz` says so to those that are open, and running requests
    have `drain_seconds` to finish.
    """
    _hide_version()
    _server_log.addFilter(_is_ours)
    app.middlewares.insert(0, _end_slow_bodies)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=HEADER_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, reuse_address=True)
        await site.start()
        bound_host, bound_port = runner.addresses[0][:2]
        shown = f"[{bound_host}]" if ":" in bound_host else bound_host
        _log.info("backend listens", extra={"host": bound_host, "port": bound_port})
        yield f"http://{shown}:{bound_port}"
    finally:
        for listening in list(runner.sites):
            await listening.stop()
        drain = app.get(health.DRAIN)  # a process without the API has none
        if drain is not None and not await drain.finish(drain_seconds):
            _log.warning("requests still run, they are cut off")
        await runner.cleanup()
        _log.info("backend stopped")


def _hide_version() -> None:
    """aiohttp has no setting for it, and writes it into the answers of its own parser, too, where no signal comes."""
    web_response.SERVER_SOFTWARE = "jiesu"  # type: ignore[attr-defined]


def _is_ours(record: logging.LogRecord) -> bool:
    """Not what a client sent that is no HTTP: scanners would fill the log with errors."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


@web.middleware
async def _end_slow_bodies(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if not request.can_read_body:
        return await handler(request)
    try:
        async with asyncio.timeout(None) as limit:
            watch = _Watch(request.content, limit)
            try:
                return await handler(request)
            finally:
                watch.end()
    except TimeoutError:
        if not watch.ended_it:
            raise
        answer = problems.problem(408, "too-slow", "The body came too slowly; send it again over a better line.", {})
        answer.force_close()
        return answer


class _Watch:
    """Looks every `BODY_SECONDS` at how much of a body has come, and ends the request that waits for the rest."""

    def __init__(self, body: StreamReader, limit: asyncio.Timeout) -> None:
        self._body = body
        self._limit = limit
        self._come = 0
        self.ended_it = False
        self._next = asyncio.get_running_loop().call_later(BODY_SECONDS, self._look)

    def end(self) -> None:
        self._next.cancel()

    def _look(self) -> None:
        body, before, loop = self._body, self._come, asyncio.get_running_loop()
        if body.is_eof() or body.exception() is not None:
            return
        self._come = body.total_bytes
        waits_for_us = body._size > 0  # noqa: SLF001 - it has come, and our handler has not taken it yet
        if not waits_for_us and self._come - before < BODY_RATE * BODY_SECONDS:
            self.ended_it = True
            self._limit.reschedule(loop.time())
            return
        self._next = loop.call_later(BODY_SECONDS, self._look)
