"""Opening the database: connections, transactions that outlive a restart of PostgreSQL, migrations."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.transactions import in_transaction

from backend import new_database

Result = TypeVar("Result")

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    DBConnectionError,
    ConnectionError,
    TimeoutError,
)
"""Raised when the server went away, is starting, or is full: the same work may succeed in a moment."""


class Overtaken(Exception):
    """Somebody else changed what this work had read, before it could write."""


CLASHED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, Overtaken)
"""Raised to one of two pieces of work that stood in each other's way: it is run again."""

FULL = (asyncpg.DiskFullError, asyncpg.OutOfMemoryError)
"""The server lacks room: reading may go on, and what was to be written was rolled back."""


class Fullness:
    """Whether the server said of late that it has no room: a statement that only reads does not find out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: float | None = None

    def seen_in(self, error: BaseException) -> bool:
        """Whether this error, or what it came from, says so; then it is remembered."""
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, FULL):
            cause = cause.__cause__ or cause.__context__
        if cause is None:
            return False
        self._seen = self._clock()
        return True

    def lasts(self) -> bool:
        return self._seen is not None and self._clock() - self._seen < _FULL_SECONDS


_FULL_SECONDS = 60.0
"""How long after the last such error a process says that it is not ready."""
fullness = Fullness()
"""Of this process's one database."""

PRESENT = "least($1::timestamptz, now())"
"""The present in statements whose first value is this process' time: never later than the database says. All that
deletes, closes or claims by age asks by this, so that a machine whose clock runs ahead ends nothing early.
"""

LATEST = "__latest__"
"""Tortoise's name for the newest migration."""

_APP = "backend"
_MIGRATION_LOCK = 0x6A69657375
"""Key of the advisory lock that lets one process at a time migrate: "jiesu" in ASCII."""
_CONNECT_SECONDS = 10.0
_STATEMENT_SECONDS = 60.0


@dataclass
class _Opened:
    """The one database of this process, and how many parts of it (API, worker) use it."""

    url: str
    context: TortoiseContext
    users: int


_opened: _Opened | None = None


async def init(url: str, pool_size: int = 10) -> None:
    """Open the database for the whole process; a second call for the same URL shares the first one's pool.

    Tortoise's context is process-wide (`_enable_global_fallback`): with the default, tasks started elsewhere do not
    see it. Raises ValueError when another database is open already.
    """
    global _opened  # noqa: PLW0603 - Tortoise's context is process-wide, so is the count of its users
    if _opened is not None:
        if _opened.url != url:
            raise ValueError("another database is open in this process")
        _opened.users += 1
        return
    context = TortoiseContext()
    with context:  # current only while it starts: afterwards every task finds it by the fallback
        await context.init(config=_config(url, pool_size), _enable_global_fallback=True)
    _opened = _Opened(url, context, 1)


async def close() -> None:
    """Give up one use of the database; the last one closes the pool."""
    global _opened
    if _opened is None:
        return
    _opened.users -= 1
    if _opened.users == 0:
        opened, _opened = _opened, None
        await opened.context.close_connections()


async def reach(url: str) -> None:
    """Returns if the database lets us in. Raises OSError, or asyncpg.PostgresError with the server's reason."""
    connection = await asyncpg.connect(**_credentials(url), timeout=_CONNECT_SECONDS)
    await connection.close()


@contextlib.asynccontextmanager
async def opened(url: str, pool_size: int = 10) -> AsyncIterator[None]:
    """Open the database for the length of a block."""
    await init(url, pool_size)
    try:
        yield
    finally:
        await close()


@contextlib.asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction; models and `query` inside the block take part in it.

    Unlike Tortoise's own, it gives the pooled connection back when BEGIN fails: after a restart of PostgreSQL the
    pool would otherwise lose one connection for each request that met a stale one. Nested, it is a savepoint.
    """
    context = in_transaction()
    if not isinstance(context, TransactionContextPooled):
        async with context:
            yield
        return
    await _begin(context)
    try:
        yield
    except BaseException as error:
        await context.__aexit__(type(error), error, error.__traceback__)
        raise
    await context.__aexit__(None, None, None)


@contextlib.asynccontextmanager
async def pooled() -> AsyncIterator[tuple[AsyncpgDBClient, asyncpg.Connection[Any]]]:
    """A connection of the pool, with the client it belongs to."""
    client = current()
    async with client.acquire_connection() as connection:
        yield client, connection


@contextlib.contextmanager
def entered(client: AsyncpgDBClient) -> Iterator[None]:
    """Models and `query` inside the block go by this client."""
    connections = _opened_context().connections
    token = connections.set(client.connection_name, client)
    try:
        yield
    finally:
        connections.reset(token)


async def steady(work: Callable[[], Awaitable[Result]]) -> Result:
    """Run work that starts its own transaction; once more when its connection was stale or a deadlock chose it.

    Only for work that is safe to repeat: what the first run did must have been rolled back or be recognised.
    """
    try:
        return await work()
    except (*LOST, *CLASHED):
        return await work()


async def query(sql: str, *values: Any) -> list[Any]:
    """Rows of one statement, in the current transaction if there is one."""
    async with current().acquire_connection() as connection:
        rows: list[Any] = await connection.fetch(sql, *values)
        return rows


async def present() -> datetime:
    """The database's time."""
    at: datetime = (await query("SELECT now() AS now"))[0]["now"]
    return at


async def execute(sql: str, *values: Any) -> None:
    """One statement whose rows do not matter."""
    async with current().acquire_connection() as connection:
        await connection.execute(sql, *values)


async def migrate(url: str, target: str = LATEST, tell: Callable[[str], None] = lambda _name: None) -> list[str]:
    """Bring the schema up to date, or forward to the named migration; returns the names of those applied now.

    A new database gets the newest schema at once. Towards a named migration it goes step by step, and `tell` hears
    the name of each that was applied.

    Two processes that start together take turns by an advisory lock; Tortoise's own migrations would collide.
    """
    lock = await asyncpg.connect(**_credentials(url), timeout=_CONNECT_SECONDS)
    context = TortoiseContext()
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        with context:  # the executor looks its connection up in the current context
            await context.init(config=_config(url, pool_size=2))
            made = await new_database.make(lock) if target == LATEST else []
            return [*made, *await _apply(target, tell)]
    finally:
        await context.close_connections()
        await lock.close()  # which releases the lock


async def pending_migrations() -> list[str]:
    """Names of migrations that the open database still lacks."""
    executor = MigrationExecutor(current(), _apps())
    return [step.migration.name for step in await executor.plan([MigrationTarget(_APP, LATEST)])]


async def model_changes() -> list[str]:
    """What the models have and the migrations lack, one description each; empty when they agree (checked in CI)."""
    context = TortoiseContext()
    await context.init(config=_config("postgres://nobody@localhost/none", pool_size=1), init_connections=False)
    apps = context.apps
    assert apps is not None
    writers = await MigrationAutodetector(apps, _apps()).changes()
    return [f"{type(operation).__name__} {vars(operation)}" for writer in writers for operation in writer.operations]


async def _apply(target: str, tell: Callable[[str], None]) -> list[str]:
    executor = MigrationExecutor(get_connection("default"), _apps())
    applied: list[str] = []

    def note(event: str, _app: str, name: str) -> None:
        if event == "apply_done":
            applied.append(name)
            tell(name)

    await executor.migrate([MigrationTarget(_APP, target)], direction="forward", progress=note)
    return applied


async def _begin(context: TransactionContextPooled) -> None:
    try:
        await context.__aenter__()
    except BaseException:
        client = context.client
        connection = getattr(client, "_connection", None)
        pool = getattr(getattr(client, "_parent", None), "_pool", None)
        if connection is not None and pool is not None:
            await asyncio.shield(pool.release(connection))
        token = getattr(context, "token", None)
        if token is not None:
            _opened_context().connections.reset(token)
        raise


def _opened_context() -> TortoiseContext:
    if _opened is None:
        raise DBConnectionError("the database is not open")
    return _opened.context


def current() -> AsyncpgDBClient:
    """The pool's client, or that of the transaction this runs in."""
    client = get_connection("default")
    assert isinstance(client, AsyncpgDBClient)
    return client


def _apps() -> dict[str, dict[str, Any]]:
    return {
        _APP: {
            "models": ["backend.models"],
            "migrations": "backend.migrations",
            "default_connection": "default",
        }
    }


def _config(url: str, pool_size: int) -> dict[str, Any]:
    credentials = {
        **_credentials(url),
        "minsize": 1,
        "maxsize": pool_size,
        "application_name": "jiesu",
        "timeout": _CONNECT_SECONDS,
        "command_timeout": _STATEMENT_SECONDS,
        "statement_cache_size": 500,
        "max_inactive_connection_lifetime": 300.0,
        "reset": _reset,
    }
    return {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}},
        "apps": _apps(),
        "use_tz": True,
        "timezone": "UTC",
    }


async def _reset(_connection: object) -> None:
    """Nothing to reset: no session setting, listener, cursor or session lock is ever left on a pooled connection.

    The default costs one more round trip to the server for every statement outside a transaction; a transaction
    left open is still rolled back by asyncpg before this is called.
    """


def _credentials(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query_args = dict(parse_qsl(parts.query))
    host = query_args.pop("host", None) or parts.hostname or "localhost"
    credentials: dict[str, Any] = {
        "host": host,
        "port": int(query_args.pop("port", 0) or parts.port or 5432),
        "user": unquote(parts.username or "") or None,
        "database": unquote(parts.path.lstrip("/")),
        "password": unquote(parts.password) if parts.password is not None else None,
    }
    if (mode := query_args.pop("sslmode", None)) is not None:
        credentials["ssl"] = mode
    if query_args:
        raise ValueError(f"unknown options in the database URL: {', '.join(sorted(query_args))}")
    return credentials
