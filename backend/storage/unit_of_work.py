"""One request's work on the database: it reads, then writes by one last statement, or else in a transaction.

Most of what people do with a ticket reads it once and changes it by one statement, which is a transaction by itself.
So a unit begins none until something else is written. What it had read is locked then, and has to be as it was; if it
is not, or the last statement finds it changed, the work is run again, and this time locks its rows before it reads.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)

from backend.database import Overtaken, current, entered, pooled

Values = Sequence[Any]
LastStatement = Callable[[bool, Values], tuple[str, Values]]
"""Makes the text and values of the last statement, of whether it has to see to it that what was read is as it was, and
of the columns of the call to remember with it, if any. It gives one row; none, and changes nothing, if it is not.
"""

REMEMBER = "INSERT INTO idempotent_call (actor, key, digest, status, body, created_at)"
_REMEMBER = f"{REMEMBER} VALUES ($1, $2, $3, $4, $5, $6)"


class Unit(TransactionWrapper):
    """The connection of one unit of work. Asked for in the usual way, by a model or `backend.database.query`, it begins
    the transaction; `read` and the last statement do without.
    """

    def __init__(self, parent: AsyncpgDBClient, connection: asyncpg.Connection[Any], *, locking: bool) -> None:
        super().__init__(parent)
        self._connection = connection
        self.locking = locking
        """Rows that may be changed are to be locked before they are read."""
        self._guards: list[tuple[str, Values]] = []
        self._last: LastStatement | None = None

    @property
    def begun(self) -> bool:
        """Whether something was written, or is going to be, beside the last statement."""
        return self.transaction is not None

    async def read(self, sql: str, *values: Any) -> list[Any]:
        async with self._lock:
            if self._last is not None:
                await self.begin_now()
            rows: list[Any] = await self._connection.fetch(sql, *values)
            return rows

    def guard(self, sql: str, *values: Any) -> None:
        """A statement that locks what was read, and gives a row if that is as it was."""
        self._guards.append((sql, values))

    async def end_with(self, last: LastStatement) -> None:
        """What is asked of the database after this runs it first."""
        async with self._lock:
            if self._last is not None:
                await self.begin_now()
            self._last = last

    async def begin_now(self) -> None:
        """Begin the transaction, unless it has begun, and run what was to be the last statement."""
        if not self.begun:
            await self.begin()
            for sql, values in self._guards:
                if not await self._connection.fetch(sql, *values):
                    raise Overtaken
        if self._last is not None:
            await self._run_last(())

    async def finish(self, call: Values) -> None:
        """Write what is left, and with it the columns of the call to remember, if any."""
        async with self._lock:
            if self._last is not None:
                await self._run_last(call)
            elif call:
                await self._connection.execute(_REMEMBER, *call)
            if self.begun:
                await self.commit()

    async def give_up(self) -> None:
        """Roll back what has begun and was not finished."""
        if self.begun and not self._finalized:
            await self.rollback()

    async def _run_last(self, call: Values) -> None:
        assert self._last is not None
        last, self._last = self._last, None
        sql, values = last(not self.begun, call)
        if not await self._connection.fetch(sql, *values):
            raise Overtaken

    def acquire_connection(self) -> ConnectionWrapper[asyncpg.Connection[Any]]:
        return _Begun(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return _Savepoint(TransactionWrapper(self), self)


class _Begun(ConnectionWrapper["asyncpg.Connection[Any]"]):
    """Gives the unit's connection with the transaction begun."""

    client: Unit

    async def __aenter__(self) -> asyncpg.Connection[Any]:
        connection = await super().__aenter__()
        try:
            await self.client.begin_now()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return connection


class _Savepoint(NestedTransactionContext):
    """A savepoint of the unit's transaction, which has begun by then."""

    def __init__(self, client: TransactionWrapper, unit: Unit) -> None:
        super().__init__(client)
        self._unit = unit

    async def __aenter__(self) -> TransactionalDBClient:
        async with self._unit.acquire_connection():
            pass
        return await super().__aenter__()


def current_unit() -> Unit | None:
    """The unit of work this runs in; None outside of one, and inside a transaction that was begun in the usual way."""
    client = current()
    return client if isinstance(client, Unit) else None


@contextlib.asynccontextmanager
async def unit_of_work(*, locking: bool = False) -> AsyncIterator[Unit]:
    """Whoever opens it calls `finish`; what has begun and is not finished is rolled back. Raises Overtaken."""
    async with pooled() as (parent, connection):
        unit = Unit(parent, connection, locking=locking)
        with entered(unit):
            try:
                yield unit
            finally:
                await unit.give_up()
