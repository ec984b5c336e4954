"""Every upgrade on data: from each migration there ever was to the newest, with rows in every table of that time."""

import inspect
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
from tortoise.models import Model

from backend import database, models
from tests.apart import run_apart
from tests.schema import STEPS, dumped, load

ROWS = 8
"""In each table: no vocabulary of a column has more words, and each of them occurs."""

Keys = Mapping[str, Sequence[Any]]
"""Of the rows written, by table."""

MODELS = {
    one.Meta.table: one  # type: ignore[attr-defined]
    for _, one in inspect.getmembers(models, inspect.isclass)
    if issubclass(one, Model) and one is not Model
}

# Tables after those they refer to, each with its columns and what they refer to.
_COLUMNS = """
SELECT pg_class.relname AS table, attname AS name, format_type(atttypid, NULL) AS type,
    NOT attnotnull AS nullable, atthasdef OR attidentity <> '' AS given, (
        SELECT confrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND conrelid = pg_class.oid AND conkey = ARRAY[attnum]
    ) AS refers_to
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
ORDER BY pg_class.relname, attnum
"""
_BOOKS = "tortoise_migrations"


async def test_a_database_of_any_version_is_upgraded_with_its_rows_and_becomes_what_a_new_one_is(
    make_database: Callable[[str], str],
) -> None:
    """One database goes from version to version, and gets more rows in each: those of all versions arrive."""
    database_url, new_url, again_url = (make_database("template0") for _ in range(3))
    written: dict[str, Keys] = {}

    def fill(step: str) -> None:
        written[step] = run_apart(_fill(database_url, first=len(written) * ROWS))

    assert await database.migrate(database_url, STEPS[-1], fill) == STEPS == list(written)
    assert await database.migrate(new_url) == STEPS
    # Written down and made anew, as a new one is: PostgreSQL words conditions once more when it reads them.
    await load(again_url, dumped(database_url))
    assert dumped(again_url) == dumped(new_url)
    async with database.opened(database_url, 2):
        assert await database.pending_migrations() == []
        for step, keys in written.items():
            kept = keys.keys() & MODELS.keys()
            assert len(kept) > 10
            for table in sorted(kept):
                left = await MODELS[table].filter(pk__in=keys[table])
                assert left, f"nothing is left in {table} of what was written after {step}"


async def _fill(url: str, first: int) -> Keys:
    """Write rows into every table, numbered from `first`; returns their keys by table."""
    connection = await asyncpg.connect(url)
    try:
        tables: dict[str, list[Any]] = defaultdict(list)
        for column in await connection.fetch(_COLUMNS):
            if column["table"] != _BOOKS:
                tables[column["table"]].append(column)
        keys: dict[str, list[Any]] = {}
        for table in _in_order(tables):
            keys[table] = [await _insert(connection, table, tables[table], keys, first + row) for row in range(ROWS)]
        return keys
    finally:
        await connection.close()


def _in_order(tables: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    done: set[str] = set()
    while len(done) < len(tables):
        ready = [
            table
            for table, columns in tables.items()
            if table not in done and {one["refers_to"] for one in columns} - {None, table} <= done
        ]
        assert ready, "tables refer to each other in a circle"
        yield from ready
        done.update(ready)


async def _insert(connection: asyncpg.Connection, table: str, columns: Sequence[Any], keys: Keys, row: int) -> Any:
    """Write one row; returns its key, which stands first."""
    values = {
        one["name"]: _value(table, one, keys, row) for one in columns if not (one["given"] and one["name"] == "id")
    }
    names, places = ", ".join(values), ", ".join(f"${place}" for place in range(1, len(values) + 1))
    return await connection.fetchval(
        f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING {columns[0]['name']}", *values.values()
    )


def _value(table: str, column: Any, keys: Keys, row: int) -> Any:
    if column["nullable"] and (row // 2) % 2:  # of eight rows, four have everything
        return None
    if column["refers_to"] is not None:
        return keys[column["refers_to"]][row % ROWS] if column["refers_to"] != table else None
    return _word(table, column["name"], row) or _plain(table, column, row)


def _word(table: str, name: str, row: int) -> str | None:
    """Of the column's vocabulary, if it has one in the models of today."""
    field = MODELS[table]._meta.fields_map.get(name) if table in MODELS else None
    words = list(getattr(field, "vocabulary", ()))
    return str(words[row % len(words)]) if words else None


def _plain(table: str, column: Any, row: int) -> Any:
    moment = datetime(2026, 3, 2, 2, tzinfo=UTC) + timedelta(days=row)
    values = {
        "bigint": row + 1,
        "integer": row + 1,
        "smallint": row + 1,
        "double precision": row + 0.5,
        "boolean": bool(row % 2),
        "character varying": str(row + 1),  # short enough for every length, and JSON where a text is that
        "text": str(row + 1),
        "timestamp with time zone": moment,
        "date": date(2026, 3, 2) + timedelta(days=row),
        "uuid": uuid.UUID(int=row + 1),
        "jsonb": "[]" if _is_list(table, column["name"]) else "{}",
    }
    assert column["type"] in values, f"say here what a column of type {column['type']} may hold"
    return values[column["type"]]


def _is_list(table: str, name: str) -> bool:
    return table in MODELS and str(MODELS[table].__annotations__.get(name, "")).startswith("list")
