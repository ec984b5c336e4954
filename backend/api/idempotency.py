"""Writes that may be sent twice: the same key gives the same answer, and the action happens once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from backend import database
from backend.contract.errors import KeyMissing, KeyReused
from backend.storage import idempotent_calls, turns
from backend.storage.unit_of_work import unit_of_work

HEADER = "Idempotency-Key"
PATTERN = r"^[!-~]{8,200}$"
REPLAYED = "Idempotency-Replayed"

_KEY = re.compile(PATTERN)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True)
class Once:
    """Names one call for ever: who, under which key, asking what."""

    actor: str
    key: str
    digest: str
    now: datetime


def key_of(request: web.Request) -> str:
    key = request.headers.get(HEADER, "")
    if not _KEY.match(key):
        raise KeyMissing
    return key


def digest_of(request: web.Request, content: bytes) -> str:
    """Digest of method, path, query and content."""
    head = f"{request.method} {request.path_qs}\n".encode()
    return hashlib.sha256(head + content).hexdigest()


async def run(once: Once, work: Callable[[], Awaitable[Reply]], *, twins_wait: bool = False) -> Reply:
    """Do the work in one transaction together with the row that remembers its answer; or give the remembered one.

    The row is written with the last statement, so that nothing waits behind it while the work runs. A twin that
    runs at the same time waits on the row's unique index until the first commits, fails by it, and gives the first
    one's answer. So does one that fails because the first has changed the ticket meanwhile. Only successes are
    remembered; a failure leaves nothing behind.

    With `twins_wait` a twin waits before it works, and then does not: for work that takes what no rollback gives back.
    """
    try:
        try:
            return await _attempt(once, work, twins_wait, locking=False)
        except (*database.LOST, *database.CLASHED):
            return await _attempt(once, work, twins_wait, locking=True)
    except database.LOST:
        raise
    except Exception:
        remembered = await _remembered(once)
        if remembered is None:
            raise
        return remembered


async def is_known(actor: str, key: str) -> bool:
    """Whether something was done under this key."""
    return await idempotent_calls.is_known(actor, key)


def respond(reply: Reply) -> web.Response:
    """The HTTP response of a reply."""
    headers = {"Cache-Control": "no-store"}
    if reply.replayed:
        headers[REPLAYED] = "true"
    if not reply.body:
        return web.Response(status=reply.status, headers=headers)
    return web.Response(status=reply.status, body=reply.body, content_type="application/json", headers=headers)


async def _attempt(once: Once, work: Callable[[], Awaitable[Reply]], twins_wait: bool, *, locking: bool) -> Reply:
    async with unit_of_work(locking=locking) as unit:
        if twins_wait and (remembered := await _after_twins(once)) is not None:
            return remembered
        reply = await work()
        await unit.finish((once.actor, once.key, once.digest, reply.status, reply.body.decode(), once.now))
        return reply


async def _after_twins(once: Once) -> Reply | None:
    """The answer of the first with this key, once it has one; None: this is the first, and others wait for it."""
    await turns.take(f"call {once.actor} {once.key}")
    return await _remembered(once)


async def _remembered(once: Once) -> Reply | None:
    call = await idempotent_calls.find(once.actor, once.key)
    if call is None:
        return None
    if call.digest != once.digest:
        raise KeyReused
    return Reply(call.status, call.body.encode(), replayed=True)
