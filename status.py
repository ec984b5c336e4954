"""The small listener by which operators look at a part that serves nothing else: alive, ready, measures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from backend.api.health import may_measure
from backend.api.serving import serving
from backend.probe import WELL, Ask, Probe, ask_all
from settings import ListenAddress


@asynccontextmanager
async def status_served(
    listen: ListenAddress | None, asks: Mapping[str, Ask], registry: CollectorRegistry, token: str | None = None
) -> AsyncIterator[str | None]:
    """Answer `/healthz`, `/readyz`, `/metrics` for the length of a block; yields the base URL, None where it is off.

    `asks`: a question for each part that this one needs, answered by `ok` (or `none`, `no`) or by what is wrong.
    `token` lets a collector on another machine read the measures.
    """
    if listen is None:
        yield None
        return
    app = _app(registry, token)
    add_readiness(app, asks)
    async with serving(app, *listen, drain_seconds=1.0) as url:
        yield url


def add_readiness(app: web.Application, asks: Mapping[str, Ask], *, inside: bool = False) -> None:
    """`/healthz` and `/readyz`; `inside` hides both from other machines, for an address that the world may reach."""
    probes = {name: Probe(ask) for name, ask in asks.items()}

    def admit(request: web.Request) -> None:
        if inside and not may_measure(request, None):
            raise web.HTTPNotFound

    async def healthz(request: web.Request) -> web.Response:
        admit(request)
        return web.json_response({"status": "alive"})

    async def readyz(request: web.Request) -> web.Response:
        admit(request)
        checks = await ask_all(probes)
        ready = all(state in WELL for state in checks.values())
        return web.json_response({"ready": ready, **checks}, status=200 if ready else 503)

    async def stop(_app: web.Application) -> None:
        for probe in probes.values():
            await probe.stop()

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.on_cleanup.append(stop)


def _app(registry: CollectorRegistry, token: str | None) -> web.Application:
    async def metrics(request: web.Request) -> web.Response:
        if not may_measure(request, token):
            raise web.HTTPForbidden
        body = await asyncio.to_thread(generate_latest, registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    return app
