"""The floor of a loop: the very rows that one loop writes, written again by raw asyncpg and nothing else.

One real loop is recorded, request by request, by comparing all tables before and after. Replaying it opens as many
transactions, and in each inserts the same rows (same tables, same columns, texts of the same length) with one
statement a table, and changes the same columns of the same rows. It reads nothing, checks nothing and locks nothing.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

_TABLES = ("ticket", "assignment", "event", "rating", "due", "notice", "idempotent_call", "contact", "enterprise")
"""Where a loop may write, in an order that foreign keys allow."""

Row = Mapping[str, Any]
State = dict[str, dict[int, Row]]
"""Rows of every table by id."""


@dataclass(frozen=True)
class Change:
    """What one transaction does to one table."""

    table: str
    inserted: tuple[Row, ...]
    updated: tuple[tuple[int, Row], ...]
    """Id of the row, and the columns that changed."""


@dataclass
class Recording:
    """The changes of each transaction of a loop."""

    transactions: list[list[Change]] = field(default_factory=list)

    def rows(self) -> dict[str, tuple[int, int]]:
        """Rows inserted and updated, by table."""
        counts: dict[str, tuple[int, int]] = {}
        for change in itertools.chain.from_iterable(self.transactions):
            inserted, updated = counts.get(change.table, (0, 0))
            counts[change.table] = inserted + len(change.inserted), updated + len(change.updated)
        return counts

    @property
    def number(self) -> str:
        """Of the ticket recorded."""
        found = next(one for one in self.transactions[0] if one.table == "ticket")
        return str(found.inserted[0]["number"])


class Recorder:
    """Compares the tables after each write of a loop with what they were before it."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self._before: State = {}
        self.recording = Recording()

    async def begin(self) -> None:
        self._before = await self._read()

    async def note(self) -> None:
        """A transaction has been committed: keep what it changed."""
        after = await self._read()
        changes = [_change(table, self._before[table], after[table]) for table in _TABLES]
        self.recording.transactions.append([one for one in changes if one.inserted or one.updated])
        self._before = after

    async def _read(self) -> State:
        return {
            table: {row["id"]: dict(row) for row in await self._connection.fetch(f"SELECT * FROM {table}")}
            for table in _TABLES
        }


class Floor:
    """Writes the recorded rows again, each time for a ticket of its own."""

    def __init__(self, pool: asyncpg.Pool[Any], recording: Recording) -> None:
        self._pool = pool
        self._number = recording.number
        self._turns = itertools.count(1)
        self._steps = [[_Step.of(one, recording) for one in changes] for changes in recording.transactions]

    async def play(self) -> float:
        """One loop's rows; seconds."""
        ids: dict[tuple[str, int], int] = {}
        number = f"9{next(self._turns):011d}"
        began = time.perf_counter()
        for steps in self._steps:
            async with self._pool.acquire() as connection, connection.transaction():
                for step in steps:
                    await step.run(connection, ids, (self._number, number))
        return time.perf_counter() - began


@dataclass(frozen=True)
class _Step:
    """The statements of one change, prepared once."""

    change: Change
    insert: str
    returning: bool
    """Whether later statements need the new ids."""

    @classmethod
    def of(cls, change: Change, recording: Recording) -> _Step:
        later = any(
            one.table == change.table and one.updated for one in itertools.chain.from_iterable(recording.transactions)
        )
        returning = later or change.table in ("ticket", "assignment")
        columns = [name for name in (change.inserted[0] if change.inserted else {}) if name != "id"]
        values = ", ".join(f"${at + 1}" for at in range(len(columns)))
        insert = f"INSERT INTO {change.table} ({', '.join(columns)}) VALUES ({values})"
        return cls(change, insert + (" RETURNING id" if returning else ""), returning)

    async def run(
        self, connection: asyncpg.Connection[Any], ids: dict[tuple[str, int], int], numbers: tuple[str, str]
    ) -> None:
        table = self.change.table
        if self.change.inserted:
            values = [_values(row, ids, numbers) for row in self.change.inserted]
            if self.returning:
                made = await connection.fetchmany(self.insert, values)
                for row, new in zip(self.change.inserted, made, strict=True):
                    ids[table, row["id"]] = new["id"]
            else:
                await connection.executemany(self.insert, values)
        for columns, rows in itertools.groupby(self.change.updated, key=lambda one: tuple(one[1])):
            sets = ", ".join(f"{name} = ${at + 2}" for at, name in enumerate(columns))
            update = f"UPDATE {table} SET {sets} WHERE id = $1"
            await connection.executemany(
                update, [(ids.get((table, id_), id_), *_values(row, ids, numbers)) for id_, row in rows]
            )


def _values(row: Row, ids: Mapping[tuple[str, int], int], numbers: tuple[str, str]) -> list[Any]:
    """The row's values with its own ticket's number and ids in place of the recorded ones."""
    return [_value(name, value, ids, numbers) for name, value in row.items() if name != "id"]


def _value(name: str, value: Any, ids: Mapping[tuple[str, int], int], numbers: tuple[str, str]) -> Any:
    if name == "ticket_id":
        return ids["ticket", value]
    if name == "subject":
        return value[0] + str(ids["ticket" if value[0] == "t" else "assignment", int(value[1:])])
    if name == "key":
        return value.replace(numbers[0], numbers[1]).replace("loop-", f"{numbers[1][4:]}-")
    if isinstance(value, str):
        return value.replace(numbers[0], numbers[1])
    return value


def _change(table: str, before: Mapping[int, Row], after: Mapping[int, Row]) -> Change:
    inserted: Sequence[Row] = [row for id_, row in after.items() if id_ not in before]
    updated = [
        (id_, {name: value for name, value in row.items() if value != before[id_][name]})
        for id_, row in after.items()
        if id_ in before and row != before[id_]
    ]
    return Change(table, tuple(inserted), tuple(updated))
