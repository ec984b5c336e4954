"""The schema: migrations agree with the models, and hold what the models cannot say."""

import asyncio
from datetime import date, timedelta
from importlib import import_module

import asyncpg
import pytest

from backend import database, models
from backend.actions import housekeeping
from backend.storage.ticket_rows import new_ticket_numbers
from backend.work import policies
from tests.backend.city import Backend, new_ticket


async def test_models_and_migrations_agree() -> None:
    assert await database.model_changes() == []


async def test_two_processes_that_migrate_at_once(database_url: str) -> None:
    done = await asyncio.gather(database.migrate(database_url), database.migrate(database_url))
    names = sorted(name for names in done for name in names)
    assert names == sorted(set(names))
    assert names[0] == "0001_initial"
    async with database.opened(database_url, 2):
        assert await database.pending_migrations() == []


async def test_every_foreign_key_has_an_index(city_url: str) -> None:
    async with database.opened(city_url, 2):
        bare = await database.query(
            "SELECT conrelid::regclass::text AS at, conkey FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS ("
            "SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])"
        )
    assert [tuple(row) for row in bare] == []


@pytest.mark.parametrize("change", ["UPDATE event SET reason = 'x'", "DELETE FROM event", "TRUNCATE event"])
async def test_events_are_never_changed(backend: Backend, change: str) -> None:
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute(change)
    assert await models.Event.all().count() > 0


LOOK = "INSERT INTO access_log (at, actor_kind, what, reason) VALUES ({at}, 'staff', 'person', '')"
FAILED = "INSERT INTO failed_log_in (at, name_digest, address, why) VALUES ({at}, '', '198.51.100.1', 'password')"


TERMS = {"access_log": lambda kept: kept.access_log_days, "failed_log_in": lambda kept: kept.failed_log_ins_days}


@pytest.mark.parametrize(("table", "entry"), [("access_log", LOOK), ("failed_log_in", FAILED)])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
async def test_what_an_auditor_reads_is_never_changed_and_kept_for_its_term(
    backend: Backend, table: str, entry: str, change: str
) -> None:
    await policies.enact(backend.deps.policy)
    term = TERMS[table](backend.deps.policy.retention)
    await database.execute(entry.format(at=f"now() - interval '{term - 1} days'"))
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute(change.format(table))
    await database.execute(entry.format(at=f"now() - interval '{term + 1} days'"))
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute(f"UPDATE {table} SET at = now()")
    await database.execute(f"DELETE FROM {table} WHERE at < now() - interval '{term} days'")
    assert len(await database.query(f"SELECT FROM {table}")) == 1


@pytest.mark.parametrize(("table", "entry"), [("access_log", LOOK), ("failed_log_in", FAILED)])
async def test_a_worker_years_ahead_takes_nothing_from_the_auditor(backend: Backend, table: str, entry: str) -> None:
    await policies.enact(backend.deps.policy)
    await database.execute(entry.format(at="now() - interval '10 days'"))
    await database.execute(entry.format(at="now() - interval '10 years'"))
    backend.clock.now += timedelta(days=3660)
    await housekeeping.tidy(await backend.context())
    assert len(await database.query(f"SELECT FROM {table}")) == 1


async def test_sequence_of_a_day_has_no_race_and_waits_for_nobody(city_url: str) -> None:
    async with database.opened(city_url, 20):

        async def take() -> int:
            async with database.transaction():
                return (await new_ticket_numbers(date(2026, 11, 22), 0))[0]

        assert sorted(await asyncio.gather(*(take() for _ in range(15)))) == list(range(1, 16))
        assert (await new_ticket_numbers(date(2026, 11, 23), 0))[0] == 1
        async with database.transaction(), asyncio.timeout(5):
            assert (await new_ticket_numbers(date(2026, 11, 22), 0))[0] == 16
            assert await asyncio.create_task(_outside(date(2026, 11, 22), city_url)) == 17


async def test_a_day_begun_with_the_old_end_goes_on(city_url: str) -> None:
    """On the day of the upgrade numbers were given out already, from a sequence that ends at 99,999."""
    async with database.opened(city_url, 1):
        await database.execute("CREATE SEQUENCE ticket_of_20261122 MAXVALUE 99999")
        await database.query("SELECT setval('ticket_of_20261122', 99999)")
        await database.execute(import_module("backend.migrations.0011_longer_numbers").SEQUENCES_GO_ON)
        assert (await new_ticket_numbers(date(2026, 11, 22), 0))[0] == 100_000


async def _outside(day: date, url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT next_ticket_sequence($1)", day))
    finally:
        await connection.close()


async def test_transaction_that_cannot_begin_gives_its_connection_back(city_url: str) -> None:
    """A pool of one would be empty for ever after the first stale connection."""
    async with database.opened(city_url, 1):
        for _ in range(3):
            pid = (await database.query("SELECT pg_backend_pid()"))[0][0]
            killer = await asyncpg.connect(city_url)
            await killer.execute("SELECT pg_terminate_backend($1)", pid)
            await killer.close()

            async def work() -> int:
                async with database.transaction():
                    return int((await database.query("SELECT 1"))[0][0])

            async with asyncio.timeout(5):
                assert await database.steady(work) == 1


async def test_one_process_opens_one_database(city_url: str) -> None:
    async with database.opened(city_url, 2):
        async with database.opened(city_url, 2):
            pass
        assert await models.Department.all().count() > 0
        with pytest.raises(ValueError, match="another database"):
            await database.init("postgres://elsewhere/x")


async def test_unknown_options_in_the_url() -> None:
    with pytest.raises(ValueError, match="sslmod"):
        await database.migrate("postgres://localhost/x?sslmod=require")


async def test_a_database_with_a_schema_of_its_own_is_migrated_step_by_step(database_url: str) -> None:
    """Where there is no `public`, as on servers that took it away."""
    connection = await asyncpg.connect(database_url)
    try:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute("DROP SCHEMA public; CREATE SCHEMA ours")
        await connection.execute(
            f'ALTER ROLE CURRENT_USER IN DATABASE "{name}" SET search_path = ours, time_of_tests, pg_catalog'
        )
    finally:
        await connection.close()
    assert (await database.migrate(database_url))[0] == "0001_initial"
    async with database.opened(database_url, 2):
        assert await database.pending_migrations() == []
        assert await models.Ticket.all().count() == 0
