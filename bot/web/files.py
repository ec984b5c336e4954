"""Files of the page: taken in with their size checked early, and given out as downloads only."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import AsyncIterator
from typing import IO
from urllib.parse import quote, unquote

from aiohttp import web

from backend.contract.client import BackendClient
from backend.contract.errors import AttachmentTooLarge, BackendError
from bot.web.guard import secure

log = logging.getLogger(__name__)

_IN_MEMORY = 256 * 1024
_CHUNK = 64 * 1024


async def take_in(request: web.Request, client: BackendClient, limit: int) -> web.Response:
    """Pass the body on to the backend; answers as it does, with the problem's code if it is refused."""
    key = request.headers.get("Idempotency-Key", "")
    name = unquote(request.headers.get("Jiesu-Filename", ""))[:200]
    try:
        if (request.content_length or 0) > limit:
            raise AttachmentTooLarge
        # Kept here first, small ones in memory: a backend that restarts meanwhile gets the file again from the start.
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            await _receive(request, spool, limit)
            kept = await client.upload(lambda: _read(spool), name=name, key=key)
    except BackendError as error:
        log.info("file not taken", extra={"code": error.code})
        refused = _answered(request, {"code": error.code}, error.status)
        if (seconds := error.extra.get("retry_after")) is not None:
            refused.headers["Retry-After"] = str(seconds)
        return refused
    return _answered(request, kept.model_dump(mode="json"), 201)


async def give_out(request: web.Request, client: BackendClient) -> web.StreamResponse:
    """Stream a file as a download, never shown in place."""
    try:
        async with client.download(request.match_info["id"]) as file:
            response = web.StreamResponse()
            secure(request, response)
            response.content_type = file.media_type
            response.content_length = file.size
            response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
            response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
            response.headers["Cache-Control"] = "private, no-store"
            await response.prepare(request)
            async for chunk in file.chunks:
                await response.write(chunk)
            await response.write_eof()
            return response
    except BackendError as error:
        return _answered(request, {"code": error.code}, error.status)


async def _receive(request: web.Request, spool: IO[bytes], limit: int) -> None:
    size = 0
    async for chunk in request.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise AttachmentTooLarge
        spool.write(chunk)


async def _read(spool: IO[bytes]) -> AsyncIterator[bytes]:
    spool.seek(0)
    while chunk := spool.read(_CHUNK):
        yield chunk


def _answered(request: web.Request, body: dict[str, object], status: int) -> web.Response:
    response = web.json_response(body, status=status)
    secure(request, response)
    return response
