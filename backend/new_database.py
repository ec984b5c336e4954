"""Makes a new database from the schema as its migrations made it, written out: going through them all takes seconds."""

from __future__ import annotations

from importlib import resources
from typing import Final

import asyncpg

_MIGRATIONS: Final = resources.files("backend.migrations")
_SCHEMA: Final = _MIGRATIONS / "schema.sql"
"""`make schema` writes it. Newer migrations than those in it are applied after it, as everywhere."""
TOLD: Final = "-- as made by "
"""Begins its first line, which names the newest migration in it."""

# Elsewhere than in `public`, or where anything is, migrations go their way one by one.
_IS_NEW: Final = """
SELECT current_schema() = 'public' AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('public'))
"""
_APPLIED: Final = """
INSERT INTO public.tortoise_migrations (app, name, applied_at)
SELECT 'backend', name, clock_timestamp() + place * interval '1 microsecond'
FROM unnest($1::text[]) WITH ORDINALITY AS applied (name, place)
"""


async def make(connection: asyncpg.Connection) -> list[str]:
    """All at once or nothing; the names of the migrations that its schema comes from, none where it is not new."""
    if not await connection.fetchval(_IS_NEW):
        return []
    schema = _SCHEMA.read_text(encoding="utf-8")
    names = contained(schema)
    async with connection.transaction():
        await connection.execute("SET LOCAL check_function_bodies = off")  # they name tables that come after them
        await connection.execute(schema)
        await connection.execute(_APPLIED, names)
    return names


def contained(schema: str) -> list[str]:
    """The migrations in it, oldest first."""
    newest = schema.partition("\n")[0].removeprefix(TOLD)
    steps = sorted(file.name.removesuffix(".py") for file in _MIGRATIONS.iterdir() if file.name[:1].isdigit())
    return steps[: steps.index(newest) + 1]
