"""What operators look at: alive, ready, and measures for Prometheus."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import secrets
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend import database
from backend.api.deps import Deps
from backend.api.drain import Drain
from backend.contract.clock import Clock
from backend.contract.errors import Forbidden
from backend.probe import WELL, Probe, ask_all
from backend.storage import dues, notices

OPERATION: web.RequestKey[str] = web.RequestKey("operation", str)
"""Key of the request under which the operation's name stands."""

_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


COUNTED = 1000
"""Most notices of a channel that a scrape counts; a gauge that stands there says: so many at least."""


class Meters:
    """The measures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "jiesu_requests", "Requests answered.", ["operation", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "jiesu_request_seconds", "Time to answer.", ["operation"], buckets=_BUCKETS, registry=self.registry
        )
        self._due_lag = Gauge("jiesu_due_lag_seconds", "Age of the oldest row that is due.", registry=self.registry)
        upto = f"counted up to {COUNTED}"
        self._outbox = Gauge(
            "jiesu_outbox_depth", f"Notices not yet delivered, {upto}.", ["channel"], registry=self.registry
        )
        self._ready_outbox = Gauge(
            "jiesu_outbox_ready",
            f"Notices that could be delivered now, {upto}.",
            ["channel"],
            registry=self.registry,
        )
        self._outbox_lag = Gauge(
            "jiesu_outbox_lag_seconds",
            "Age of the oldest notice that could be delivered now.",
            ["channel"],
            registry=self.registry,
        )
        self.migrated = False

    def served(self, operation: str, status: int, seconds: float) -> None:
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    async def measure(self, now: datetime) -> None:
        """Read the gauges from the database: the oldest by an index, and a count that stops at `COUNTED`.

        Pages keep what nobody has come to read yet, hundreds of thousands in a city: to count them all at each scrape
        would cost a second and tell nothing.
        """
        self._due_lag.set(await dues.lag(now))
        for gauge in (self._outbox, self._ready_outbox, self._outbox_lag):
            gauge.clear()
        for waiting in await notices.waiting(now, COUNTED):
            self._outbox.labels(waiting.channel).set(waiting.depth)
            self._ready_outbox.labels(waiting.channel).set(waiting.ready)
            self._outbox_lag.labels(waiting.channel).set(waiting.lag)


DEPS: web.AppKey[Deps] = web.AppKey("deps", Deps)
METERS: web.AppKey[Meters] = web.AppKey("meters", Meters)
DRAIN: web.AppKey[Drain] = web.AppKey("drain", Drain)
_PROBES: web.AppKey[dict[str, Probe]] = web.AppKey("probes", dict)


def add_routes(app: web.Application) -> None:
    """`DEPS`, `METERS` and `DRAIN` must be there."""
    deps, meters = app[DEPS], app[METERS]
    app[_PROBES] = {
        "database": Probe(ask_database),
        "migrations": Probe(lambda: _migrations(meters), silent="unknown"),
        "redis": Probe(lambda: ask_redis(deps.redis)),
        "clock": Probe(functools.partial(ask_clock, deps.clock)),
    }
    app.on_cleanup.append(_stop_probes)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)


async def ask_database() -> str:
    """Whether a statement comes back; of a frozen server it says nothing: ask by a `Probe`."""
    try:
        await database.present()
    except database.LOST:
        return "unreachable"
    return "disk full" if database.fullness.lasts() else "ok"


async def ask_redis(redis: Redis | None) -> str:
    """Whether it answers; of a frozen server it says nothing: ask by a `Probe`."""
    if redis is None:
        return "none"
    try:
        await redis.ping()
    except (RedisError, OSError):
        return "unreachable"
    return "ok"


async def ask_clock(clock: Clock) -> str:
    """`ok`, or how wrong it is and the cure."""
    return clock.fault() or "ok"


def may_measure(request: web.Request, token: str | None) -> bool:
    """Operations' names and rates are for this machine, and for who has the token; never by a proxy alone."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is not None and secrets.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    try:
        return not forwarded and ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


async def _healthz(request: web.Request) -> web.Response:
    request[OPERATION] = "healthz"
    return web.json_response({"status": "alive"})


async def _readyz(request: web.Request) -> web.Response:
    request[OPERATION] = "readyz"
    probes = request.app[_PROBES]
    checks = await ask_all(probes)
    checks["draining"] = "yes" if request.app[DRAIN].begun else "no"
    ready = all(state in WELL for state in checks.values())
    return web.json_response({"ready": ready, **checks}, status=200 if ready else 503)


async def _metrics(request: web.Request) -> web.Response:
    request[OPERATION] = "metrics"
    deps, meters = request.app[DEPS], request.app[METERS]
    if not may_measure(request, deps.metrics_token):
        raise Forbidden
    await meters.measure(deps.clock())
    body = await asyncio.to_thread(generate_latest, meters.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _migrations(meters: Meters) -> str:
    if meters.migrated:
        return "ok"
    try:
        pending = await database.pending_migrations()
    except database.LOST:
        return "unknown"
    meters.migrated = not pending
    return "pending" if pending else "ok"


async def _stop_probes(app: web.Application) -> None:
    for probe in app[_PROBES].values():
        await probe.stop()
