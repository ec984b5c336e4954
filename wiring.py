"""Makes what the backend and the workers are of from the settings: storage, policy, city.

The channels and the phone are made by `wiring_channels`: their libraries take as much memory as all of this.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

import asyncpg
from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool, Redis

from backend import database
from backend.actions import load_city, organisation_file, service_tokens
from backend.actions.due_effects import plan_housekeeping
from backend.api.deps import Deps
from backend.api.health import ask_clock, ask_database
from backend.api.wakes import Wakes
from backend.contract.clock import Clock, MeasuredClock
from backend.contract.faults import NamedFault, system_reason
from backend.contract.message import Message
from backend.contract.wakes import listen
from backend.contract.words import Scope
from backend.probe import Ask
from backend.rounds import Rounds
from backend.rules.policy.file import load_policy, version_taken
from backend.storage import departments
from backend.work import policies
from backend.worker import Worker
from bot.channels import channel_names
from embedded import EmbeddedPostgres, EmbeddedValkey, FolderInUse
from settings import Settings, SettingsError
from status import status_served

_REDIS_CONNECTIONS = 50
"""Of one process."""
_REDIS_WAIT = 10.0
"""Seconds a call may wait for one of them."""


@dataclass(frozen=True)
class Storage:
    database_url: str
    redis_url: str


async def open_storage(chosen: Settings, stack: AsyncExitStack) -> Storage:
    """The servers named in the settings, or private ones below DATA_DIR that stop with us.

    Raises SettingsError for a database that does not let us in, EmbeddedServerError for one of ours.
    """
    database_url = chosen.database_url.get_secret_value() if chosen.database_url else None
    redis_url = chosen.redis_url.get_secret_value() if chosen.redis_url else None
    if database_url is not None:
        await _reach(database_url)
    else:
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, _private(chosen))
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        database_url = postgres.url
    if redis_url is None:
        valkey = await asyncio.to_thread(EmbeddedValkey.start, chosen.data_dir / "valkey")
        stack.push_async_callback(asyncio.to_thread, valkey.stop)
        redis_url = valkey.url
    return Storage(database_url, redis_url)


def has_database(chosen: Settings) -> bool:
    """Whether one is named in the settings, or was ever begun below DATA_DIR."""
    return chosen.database_url is not None or _private(chosen).exists()


def _private(chosen: Settings) -> Path:
    return chosen.data_dir / "postgres"


async def open_database(chosen: Settings, stack: AsyncExitStack) -> str:
    """For commands: the database named in the settings, the private one of a jiesu that runs, or else started here.

    Raises as `open_storage`.
    """
    if chosen.database_url is not None:
        url = chosen.database_url.get_secret_value()
        await _reach(url)
        return url
    folder = _private(chosen)
    try:
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, folder)
    except FolderInUse:
        return await asyncio.to_thread(EmbeddedPostgres.url_of_running, folder)
    stack.push_async_callback(asyncio.to_thread, postgres.stop)
    return postgres.url


async def _reach(database_url: str) -> None:
    """Raises SettingsError where the database named in the settings does not let us in."""
    try:
        await database.reach(database_url)
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        told = Message("start.wrong_password")
    except asyncpg.InvalidCatalogNameError:
        told = Message("start.unknown_database")
    except OSError as error:
        told = Message("start.no_database", {"reason": system_reason(error)})
    except asyncpg.PostgresError as error:
        told = Message("start.no_database", {"reason": str(error)})
    else:
        return
    raise SettingsError(NamedFault("DATABASE_URL", told))


async def open_given_redis(chosen: Settings, stack: AsyncExitStack) -> Redis:
    """For parts that run alone and know no database; REDIS_URL must be set."""
    assert chosen.redis_url is not None
    return await open_redis(chosen.redis_url.get_secret_value(), stack)


async def open_deps(chosen: Settings, storage: Storage, stack: AsyncExitStack) -> Deps:
    """With the database open, and this process' clock compared with it."""
    policy = load_policy(chosen.policy_path)
    await stack.enter_async_context(database.opened(storage.database_url, chosen.db_pool_size))
    clock = await watched_clock(database.present, stack)
    return Deps(
        database_url=storage.database_url,
        redis=await open_redis(storage.redis_url, stack),
        policy=policy,
        calendar=policy.calendar(),
        timezone=policy.zone(),
        secret=chosen.secret_key.get_secret_value().encode(),
        attachments=chosen.attachments_dir,
        clock=clock,
        pool_size=chosen.db_pool_size,
        attachment_bytes=chosen.attachment_limit_bytes,
        reserve_bytes=chosen.attachment_reserve_bytes,
        metrics_token=chosen.metrics_token.get_secret_value() if chosen.metrics_token else None,
        trusted_proxies=chosen.trusted_proxies,
    )


async def watched_clock(ask: Callable[[], Awaitable[datetime]], stack: AsyncExitStack) -> MeasuredClock:
    """The one clock of this process, from now on compared with what `ask` says is the database's time."""
    clock = MeasuredClock(ask)
    await stack.enter_async_context(clock.watched())
    return clock


async def enact_policy(chosen: Settings, deps: Deps) -> None:
    """Keep the policy for tickets accepted under it; raises FileFaults if its version meant other rules once."""
    if changed := await policies.enact(deps.policy):
        raise version_taken(chosen.policy_path, changed)


async def open_redis(url: str, stack: AsyncExitStack) -> Redis:
    # A crowd waits for a connection; the plain pool would raise for every caller above its limit.
    pool = BlockingConnectionPool.from_url(
        url, max_connections=_REDIS_CONNECTIONS, timeout=_REDIS_WAIT, socket_connect_timeout=3.0, socket_keepalive=True
    )
    redis = Redis.from_pool(pool)
    stack.push_async_callback(redis.aclose)
    return redis


def revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


@asynccontextmanager
async def working(deps: Deps, count: int) -> AsyncIterator[Rounds]:
    """Workers for the length of a block, and what can be seen of them; at its end each finishes the row in hand."""
    wakes, rounds = Wakes(deps.redis), Rounds()
    async with wakes.running():
        workers = [Worker(deps.context, wakes.add, deps.clock, rounds) for _ in range(count)]
        for one in workers:
            rounds.expect(one)
        await plan_housekeeping(await deps.context())
        tasks = [asyncio.create_task(one.run(), name="worker") for one in workers]
        stopping = asyncio.Event()

        def heard(name: str) -> None:
            for one in workers if name == "due" else ():
                one.notice()

        listener = asyncio.create_task(listen(deps.redis, heard, stopping), name="worker-wakes")
        try:
            yield rounds
        finally:
            stopping.set()
            for one in workers:
                one.stop()
            await asyncio.gather(*tasks, listener)


def worker_status(chosen: Settings, rounds: Rounds, clock: Clock) -> AbstractAsyncContextManager[str | None]:
    """What operators look at, served for the length of a block where WORKER_STATUS_LISTEN is set."""
    asks: dict[str, Ask] = {
        "database": ask_database,
        "rounds": rounds.state,
        "clock": partial(ask_clock, clock),
    }
    token = revealed(chosen.metrics_token) or None
    return status_served(chosen.worker_status_listen, asks, rounds.registry, token)


async def first_city(chosen: Settings) -> None:
    """Load the organisation file, or the demo city, into a database that has none."""
    if chosen.city_path is not None or not await departments.exist():
        await load_city.load_city(chosen.city_path or organisation_file.DEMO_CITY, await today(chosen))


async def admit_channels(chosen: Settings) -> None:
    await service_tokens.admit_service(
        service_tokens.OWN_SERVICE, chosen.channel_token.get_secret_value(), Scope, channel_names()
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def today(chosen: Settings) -> date:
    """In the city, by the clock of the database, which must be open."""
    return (await database.present()).astimezone(load_policy(chosen.policy_path).zone()).date()
