"""A database that tests use one after the other: emptied and filled again as it was in 5 ms; a new one takes 250."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg

from tests import database_time
from tests.apart import run_apart

_KEPT = "kept_by_tests"
"""Schema of the copies that the tables are filled from."""

# What a table holds is told by the catalogue, so that nobody lists tables here. `session_replication_role` quiets the
# triggers that forbid to delete events, and the checks of foreign keys: tables may be filled in any order.
_KEEP = f"""
CREATE SCHEMA {_KEPT};
CREATE TABLE {_KEPT}.tables (name text, columns text, filled boolean);
CREATE TABLE {_KEPT}.sequences (name text, last_value bigint, is_called boolean);
CREATE FUNCTION {_KEPT}.shape() RETURNS text LANGUAGE sql AS $shape$
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT relname || relkind::text || relnatts || relhasindex::text || relhastriggers::text AS part FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND NOT (relkind = 'S' AND relname LIKE 'ticket\\_of\\_%')
        UNION ALL SELECT proname || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS parts
$shape$;
DO $$
DECLARE
    found record;
    rows_there boolean;
BEGIN
    FOR found IN
        SELECT relname AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        GROUP BY relname
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', found.name) INTO rows_there;
        IF rows_there THEN
            EXECUTE format(
                'CREATE TABLE {_KEPT}.%I AS SELECT %s FROM public.%I', 'of_' || found.name, found.columns, found.name
            );
        END IF;
        INSERT INTO {_KEPT}.tables VALUES (found.name, found.columns, rows_there);
    END LOOP;
    FOR found IN
        SELECT sequencename AS name, COALESCE(last_value, start_value) AS value, last_value IS NOT NULL AS is_called
        FROM pg_sequences WHERE schemaname = 'public'
    LOOP
        INSERT INTO {_KEPT}.sequences VALUES (found.name, found.value, found.is_called);
    END LOOP;
END $$;
CREATE FUNCTION {_KEPT}.refill() RETURNS void LANGUAGE plpgsql AS $refill$
DECLARE
    found record;
    rows_there boolean;
BEGIN
    FOR found IN SELECT * FROM {_KEPT}.tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', found.name) INTO rows_there;
        IF rows_there THEN
            EXECUTE format('DELETE FROM public.%I', found.name);
        END IF;
        IF found.filled THEN
            EXECUTE format(
                'INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM {_KEPT}.%I',
                found.name, found.columns, found.columns, 'of_' || found.name
            );
        END IF;
    END LOOP;
    FOR found IN
        SELECT sequencename AS name, kept.last_value, kept.is_called
        FROM pg_sequences LEFT JOIN {_KEPT}.sequences AS kept ON kept.name = sequencename
        WHERE schemaname = 'public'
    LOOP
        IF found.last_value IS NULL THEN
            EXECUTE format('DROP SEQUENCE public.%I', found.name);
        ELSE
            PERFORM setval(format('public.%I', found.name)::regclass, found.last_value, found.is_called);
        END IF;
    END LOOP;
    {database_time.FORGET}
END $refill$;
CREATE TABLE {_KEPT}.shape AS SELECT {_KEPT}.shape() AS of_all;
"""

_LEAVE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""What the test before left behind holds locks, and would write into what the next one reads."""


@dataclass
class Refilled:
    """Gives a database that is as it was at first to one test after the other."""

    make: Callable[[], str]
    """Makes such a database and gives its URL: called once, and again when a test left one that cannot be refilled."""
    _url: str | None = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Its URL, to one test. Fails in the end when that test changed the schema: it needs a database of its own."""
        if self._url is None:
            self._url = self.make()
            run_apart(_keep(self._url))
        url, self._url = self._url, None
        yield url
        run_apart(_refill(url))
        self._url = url


async def _keep(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_KEEP)
    finally:
        await connection.close()


async def _refill(url: str) -> None:
    connection = await asyncpg.connect(url, server_settings={"session_replication_role": "replica"})
    try:
        await connection.execute(_LEAVE)
        same = await connection.fetchval(f"SELECT of_all = {_KEPT}.shape() FROM {_KEPT}.shape")
        assert same, "this test changed tables, columns, indexes, triggers or functions: it needs `database_url`"
        await connection.execute(f"SELECT {_KEPT}.refill()")
    finally:
        await connection.close()
