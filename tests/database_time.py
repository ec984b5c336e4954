"""The time in a test's database: what deletes and closes asks its `now()`, which tests move with their own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

SEARCHED = "SET search_path = public, time_of_tests, pg_catalog"
"""PostgreSQL looks into its own catalogue first unless that is named: so `now()` is the one made here."""

# A sequence, since no rollback takes back what it was set to, and every connection sees it at once.
MAKE = """
CREATE SCHEMA time_of_tests;
CREATE SEQUENCE time_of_tests.microseconds;
CREATE FUNCTION time_of_tests.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN is_called
        THEN timestamptz 'epoch' + last_value * interval '1 microsecond'
        ELSE pg_catalog.now()
    END FROM time_of_tests.microseconds
$$
"""
FORGET = "PERFORM setval(to_regclass('time_of_tests.microseconds'), 1, false);"
"""In PL/pgSQL: from now on it is the machine's time again, as it is at first."""
SET = "SELECT setval(to_regclass('time_of_tests.microseconds'), $1)"
"""Does nothing in a database whose time cannot be set, as those of servers that a test starts itself."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """For `SET`."""
    return (at - _EPOCH) // timedelta(microseconds=1)


async def forget_time(url: str) -> None:
    """The machine's time again, which a process of its own wants to find there."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"DO $$ BEGIN {FORGET} END $$")
    finally:
        await connection.close()


async def set_time(url: str, at: datetime) -> None:
    """By a connection of its own, so from any loop."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(SET, microseconds(at))
    finally:
        await connection.close()
