"""The backend's web application: builds it, serves it, lets it finish."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

from aiohttp import web

from backend import database
from backend.actions import queries
from backend.api import (
    access_log,
    acts,
    assignments,
    attachments,
    city,
    clock,
    contacts,
    drafts,
    health,
    idempotency,
    logs,
    notices,
    openapi,
    problems,
    questions,
    staff,
    tickets,
    topics,
)
from backend.api.auth import Access, Gate
from backend.api.deps import Deps
from backend.api.drain import Drain
from backend.api.operations import Call, Operation
from backend.api.quotas import Quotas
from backend.api.serving import serving
from backend.api.throttle import Throttle
from backend.api.wakes import Wakes
from backend.contract.errors import Stale, Unavailable
from backend.contract.models.tickets import TicketOut
from backend.files import folder
from backend.rules.actor import SYSTEM, ActorKind

PREFIX = "/api/v1"
BODY_BYTES = 2**20
"""Largest JSON body."""
_CLOCK_SECONDS = 5
"""After these a refusal for a wrong clock is worth another try."""
RESOURCES = (
    city.operations,
    clock.operations,
    staff.operations,
    contacts.operations,
    attachments.operations,
    tickets.operations,
    acts.on_tickets,
    acts.on_assignments,
    assignments.operations,
    questions.operations,
    drafts.operations,
    notices.operations,
    topics.operations,
    access_log.operations,
)

_log = logging.getLogger(__name__)


def build_app(deps: Deps) -> web.Application:
    """The whole HTTP API; the caller serves it, with `serving` or a runner of its own."""
    meters, drain = health.Meters(), Drain()
    app = web.Application(middlewares=[_accompany(meters, drain), problems.answer_problems], client_max_size=BODY_BYTES)
    quotas = Quotas(deps.redis)
    gate, throttle, wakes = Gate(quotas, deps.trusted_proxies), Throttle(deps.redis), Wakes(deps.redis)
    app[health.DEPS] = deps
    app[health.METERS] = meters
    app[health.DRAIN] = drain
    app[staff.THROTTLE] = throttle
    app[attachments.STORE] = attachments.Store(deps.attachments, deps.attachment_bytes, deps.reserve_bytes)
    app[attachments.QUOTAS] = quotas
    server = _Server(deps, gate, quotas, wakes, drain)
    for resource in RESOURCES:
        for operation in resource.all:
            app.router.add_route(operation.method, PREFIX + operation.path, server.handler(operation))
    _add_document(app)
    health.add_routes(app)
    app.cleanup_ctx.append(_resources(deps, wakes))
    return app


def api_document() -> dict[str, Any]:
    """The OpenAPI document of this version."""
    try:
        version = installed_version("jiesu")
    except PackageNotFoundError:  # run from a checkout
        version = "0"
    return openapi.document(RESOURCES, version=version, prefix=PREFIX)


async def run(deps: Deps, host: str, port: int, stop: asyncio.Event, *, drain_seconds: float = 20.0) -> None:
    """Serve until `stop` is set (by SIGTERM), then drain."""
    async with serving(build_app(deps), host, port, drain_seconds=drain_seconds):
        await stop.wait()


def _resources(deps: Deps, wakes: Wakes) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run_resources(_app: web.Application) -> AsyncIterator[None]:
        await asyncio.to_thread(folder.make, deps.attachments)
        async with database.opened(deps.database_url, deps.pool_size), wakes.running():
            yield

    return run_resources


@functools.cache
def _document_text() -> str:
    return json.dumps(api_document())


def _add_document(app: web.Application) -> None:
    document = _document_text()

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=document, content_type="application/json")

    app.router.add_get(f"{PREFIX}/openapi.json", show)


class _Server:
    """Runs operations: admits the caller, parses, calls the handler in its transaction, shapes the reply."""

    def __init__(self, deps: Deps, gate: Gate, quotas: Quotas, wakes: Wakes, drain: Drain) -> None:
        self._deps = deps
        self._drain = drain
        self._gate = gate
        self._quotas = quotas
        self._wakes = wakes

    def handler(self, operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            request[health.OPERATION] = operation.name
            with self._drain.request():
                return await self._serve(operation, request)

        return serve

    async def _serve(self, operation: Operation, request: web.Request) -> web.StreamResponse:
        fault = self._deps.clock.fault()
        if fault is not None and not operation.any_clock:
            raise Unavailable(f"The backend's clock is wrong: {fault}.", retry_after=_CLOCK_SECONDS)
        context = await self._deps.context()
        actor, account = SYSTEM, None
        if operation.access is not Access.ANYBODY:
            actor, account = await self._gate.admit(request, context, operation.access, used=not operation.passive)
        key = idempotency.key_of(request) if operation.keyed else ""
        content = b"" if operation.streams else await request.read()
        call = Call(
            request,
            context,
            actor,
            account,
            operation.parse_path(request),
            operation.parse_query(request),
            operation.parse_body(request, content),
            await self._gate.address(request, account),
        )
        try:
            if operation.streams:
                answer: web.StreamResponse = await operation.handler(call)
            else:
                answer = await self._answer(operation, call, key, content)
        except Stale as stale:
            raise await _with_ticket(stale, call) from None
        if operation.reorganises:
            self._deps.directory.forget()
        self._wakes.add(context.wakes)
        return answer

    async def _answer(
        self, operation: Operation, call: Call[Any, Any, Any], key: str, content: bytes
    ) -> web.StreamResponse:
        async def work() -> idempotency.Reply:
            if operation.spends is not None:
                await spending.take(operation.spends)
            return operation.reply(await operation.handler(call))

        if not operation.keyed:
            return idempotency.respond(await (database.steady(work) if operation.method == "GET" else work()))
        once = idempotency.Once(_caller(call), key, idempotency.digest_of(call.request, content), call.context.now)
        async with self._quotas.spending(call) as spending:
            reply = await idempotency.run(once, work, twins_wait=operation.once)
            if reply.replayed:
                await spending.give_back()
        if reply.replayed and call.actor.kind is ActorKind.STAFF and operation.answer_model is TicketOut:
            await queries.require_reader(call.actor, TicketOut.model_validate_json(reply.body).number)
        return idempotency.respond(reply)


def _caller(call: Call[Any, Any, Any]) -> str:
    """Whose keys these are; a program that names an unbound account has that account's."""
    if call.account is not None and call.actor.id is None:
        named = f"{call.account.channel}:{call.account.external_id}"
        return f"{call.actor.key}:{hashlib.sha256(named.encode()).hexdigest()[:32]}"
    return call.actor.key


async def _with_ticket(stale: Stale, call: Call[Any, Any, Any]) -> Stale:
    """The same error, carrying the ticket as it is now."""
    number = stale.extra.get("number")
    if not isinstance(number, str):
        return stale
    ticket = await queries.view_ticket(call.context, call.actor, number)
    return Stale(stale.detail, **stale.extra, ticket=ticket.model_dump(mode="json"))


def _accompany(meters: health.Meters, drain: Drain) -> Any:
    """Middleware around everything: request id, measures, one log line, an orderly end."""

    @web.middleware
    async def accompany(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        identity = secrets.token_hex(8)
        token = logs.request_id.set(identity)
        began = time.monotonic()
        status = 499  # the caller hung up
        try:
            answer = await handler(request)
            status = answer.status
            if drain.begun:
                answer.force_close()
            if not answer.prepared:
                answer.headers["X-Request-Id"] = identity
                answer.headers.setdefault("X-Content-Type-Options", "nosniff")
            return answer
        finally:
            took = time.monotonic() - began
            operation = request.get(health.OPERATION, "unmatched")
            meters.served(operation, status, took)
            # Notifiers look every two seconds: at INFO that would be all there is to read.
            level = logging.DEBUG if operation == "claim_notices" and status < 400 else logging.INFO
            shown = {"operation": operation, "status": status, "milliseconds": round(took * 1000, 1)}
            _log.log(level, "served", extra=shown)
            logs.request_id.reset(token)

    return accompany
