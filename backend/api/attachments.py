"""Uploads and downloads, streamed; a file is what its content says, not what its sender calls it."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

from aiohttp import web

from backend.actions import attachments
from backend.actions.attachments import Upload
from backend.api import idempotency
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import UuidPath
from backend.api.quotas import Quotas, Share, Spending
from backend.contract.errors import (
    AttachmentNoRoom,
    AttachmentQuota,
    AttachmentTooLarge,
    BackendError,
    Invalid,
    QuotaReached,
)
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
from backend.files import folder, types
from backend.files.inspection import Inspector

operations = Operations("attachments")

CHUNK = 256 * 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Store:
    """Where files lie, and how large one may be."""

    folder: Path
    limit: int
    """Bytes."""
    reserve: int = 0
    """Bytes that stay free on the disk: what else is on it goes on, and housekeeping can work."""
    inspector: Inspector = field(default_factory=Inspector)


STORE: web.AppKey[Store] = web.AppKey("attachments", Store)
QUOTAS: web.AppKey[Quotas] = web.AppKey("quotas", Quotas)


@operations("POST", "/attachments", Access.PERSON, status=201, streams=True, gives=AttachmentOut)
async def upload(call: Call[Nothing, Nothing, Nothing]) -> web.Response:
    """Upload a photo, PDF, OFD, Office document, text, voice note or video.

    The body is the file itself; its type is found from its content. Nothing that runs is taken, nor what cannot be
    looked into.
    """
    store = call.request.app[STORE]
    name = _name(call.request)
    if (call.request.content_length or 0) > store.limit:
        raise AttachmentTooLarge(limit=store.limit)
    async with call.request.app[QUOTAS].spending(call) as spending:
        await _take_one(call, spending)
        async with _received(call.request, store) as (ident, path, size, sha256):
            kind = await store.inspector.recognise(path, name)
            taken = Upload(ident, kind.kind, kind.media_type, size, sha256, types.named(name, kind))

            async def work() -> idempotency.Reply:
                await _take(spending, "files")
                await _take(spending, "megabytes", size)
                answer = await attachments.keep_upload(call.context, call.actor, taken)
                return idempotency.Reply(201, answer.model_dump_json().encode())

            digest = idempotency.digest_of(call.request, f"{sha256} {name}".encode())
            once = idempotency.Once(call.actor.key, idempotency.key_of(call.request), digest, call.context.now)
            reply = await _keep(store, ident, lambda: idempotency.run(once, work))
        if reply.replayed:
            await spending.give_back()
    return idempotency.respond(reply)


async def _take_one(call: Call[Nothing, Nothing, Nothing], spending: Spending) -> None:
    """Before anything is received. What was kept already may be sent again beyond the quota. Raises AttachmentQuota."""
    try:
        await _take(spending, "files")
    except AttachmentQuota:
        if not await idempotency.is_known(call.actor.key, idempotency.key_of(call.request)):
            raise


async def _take(spending: Spending, share: Share, amount: int = 1) -> None:
    try:
        await spending.take(share, amount)
    except QuotaReached as reached:
        raise AttachmentQuota(**reached.extra) from None


async def _keep(store: Store, ident: UUID, write: Callable[[], Awaitable[idempotency.Reply]]) -> idempotency.Reply:
    """The file in its place first, the row after. Without a row it goes again: refused, or there already."""
    await asyncio.to_thread(folder.keep, store.folder, ident)
    try:
        reply = await write()
    except BackendError:
        await asyncio.to_thread(folder.remove, store.folder, ident)
        raise  # any other error may have come after the commit: the sweep looks again
    if reply.replayed:
        await asyncio.to_thread(folder.remove, store.folder, ident)
    return reply


@operations("PUT", "/attachments/{id}/transcript", Access.PERSON)
async def set_transcript(call: Call[UuidPath, Nothing, TranscriptIn]) -> AttachmentOut:
    """Write down what is said in my recording; once filed with its ticket it stays."""
    return await attachments.set_transcript(call.context, call.actor, call.path.id, call.body)


@operations("GET", "/attachments/{id}", Access.PERSON, streams=True)
async def download(call: Call[UuidPath, Nothing, Nothing]) -> web.FileResponse:
    """Fetch a file; always as a download, never shown in place."""
    found = await attachments.find_download(call.context, call.actor, call.path.id)
    return web.FileResponse(
        found.path,
        chunk_size=CHUNK,
        headers={
            "Content-Type": found.media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


@asynccontextmanager
async def _received(request: web.Request, store: Store) -> AsyncIterator[tuple[UUID, Path, int, str]]:
    """The body in a file of its own that is gone afterwards unless it was moved; raises AttachmentTooLarge."""
    ident = uuid4()
    path = folder.arriving(store.folder, ident)
    try:
        with _told_when_full():
            file = await asyncio.to_thread(path.open, "xb")
            try:
                size, sha256 = await _write(request, file, store)
            finally:
                await asyncio.to_thread(file.close)
        if size == 0:
            raise Invalid("The file is empty.")
        yield ident, path, size, sha256
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


@contextmanager
def _told_when_full() -> Iterator[None]:
    """Somebody else may fill the disk past its reserve."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise AttachmentNoRoom from error
        raise


async def _write(request: web.Request, file: BinaryIO, store: Store) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    await asyncio.to_thread(_require_room, file, store.reserve + (request.content_length or 0))
    async for chunk in request.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > store.limit:
            raise AttachmentTooLarge(limit=store.limit)
        digest.update(chunk)
        await asyncio.to_thread(_require_room, file, store.reserve)
        await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(_settle, file)
    return size, digest.hexdigest()


def _require_room(file: BinaryIO, wanted: int) -> None:
    """Raises AttachmentNoRoom unless so many bytes are free on its disk."""
    disk = os.fstatvfs(file.fileno())
    if disk.f_bavail * disk.f_frsize < wanted:
        _log.error("the attachments' disk is full up to its reserve")
        raise AttachmentNoRoom


def _settle(file: BinaryIO) -> None:
    """On the disk before the row that names it."""
    file.flush()
    os.fsync(file.fileno())


def _name(request: web.Request) -> str:
    """The sender's name for the file: a label only, no path."""
    try:
        name = unquote(request.headers.get("Jiesu-Filename", ""), errors="strict")
    except UnicodeDecodeError:
        raise Invalid("Jiesu-Filename is percent-encoded UTF-8.") from None
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in name if char.isprintable()).strip()[:200]
