"""The database that tests share: whatever one of them leaves behind, the next one finds nothing of it."""

from collections.abc import Callable
from datetime import date

import asyncpg
import pytest

from backend import database, models
from backend.storage.ticket_rows import new_ticket_numbers
from tests.apart import run_apart
from tests.refilled import Refilled

CITY = """
CREATE TABLE person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, shout text GENERATED ALWAYS AS (upper(name)) STORED
);
CREATE TABLE pet (id bigserial PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, name text);
INSERT INTO person (name) VALUES ('ann'), ('ben');
CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$;
CREATE TRIGGER person_stays BEFORE DELETE ON person FOR EACH ROW EXECUTE FUNCTION stay();
"""


@pytest.fixture
def shared(make_database: Callable[[str], str]) -> Refilled:
    def make() -> str:
        url = make_database("template0")
        _query(url, CITY)
        return url

    return Refilled(make)


def _query(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last one."""
    rows: list[tuple[object, ...]] = []

    async def ask() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            if statements[-1].startswith("SELECT"):
                rows.extend(tuple(row) for row in await connection.fetch(statements[-1]))
            else:
                await connection.execute(statements[-1])
        finally:
            await connection.close()

    run_apart(ask())
    return rows


def test_rows_and_numbers_are_as_they_were(shared: Refilled) -> None:
    with shared.lent() as first:
        _query(first, "UPDATE person SET name = 'bob' WHERE id = 2")
        _query(first, "INSERT INTO person (name) VALUES ('cat')", "INSERT INTO pet (person_id) VALUES (3), (1)")
        _query(first, "SELECT setval('pet_id_seq', 70)")
        _query(first, "CREATE SEQUENCE ticket_of_20261130")
    with shared.lent() as second:
        assert second == first
        assert _query(second, "SELECT * FROM person ORDER BY id") == [(1, "ann", "ANN"), (2, "ben", "BEN")]
        assert _query(second, "INSERT INTO person (name) VALUES ('cat')", "SELECT max(id) FROM person") == [(3,)]
        assert _query(second, "INSERT INTO pet (person_id) VALUES (1)", "SELECT id FROM pet") == [(1,)]
        assert _query(second, "SELECT to_regclass('ticket_of_20261130')") == [(None,)]


def test_who_changes_the_schema_fails_and_the_next_one_gets_another_database(shared: Refilled) -> None:
    with pytest.raises(AssertionError, match="needs `database_url`"), shared.lent() as first:
        _query(first, "CREATE TABLE more (id bigint)")
    with shared.lent() as second:
        assert second != first
        assert _query(second, "SELECT to_regclass('more')") == [(None,)]


async def test_a_connection_left_open_holds_nobody_up(shared: Refilled) -> None:
    with shared.lent() as first:
        left = await asyncpg.connect(first)
        await left.execute("BEGIN; UPDATE person SET name = 'bob'")
    with shared.lent() as second:
        assert _query(second, "SELECT name FROM person ORDER BY id") == [("ann",), ("ben",)]
    left.terminate()


_USED: list[str] = []


@pytest.mark.parametrize("turn", [1, 2])
async def test_the_demo_city_is_lent_from_test_to_test(city_url: str, turn: int) -> None:
    _USED.append(city_url)
    async with database.opened(city_url, 2):
        assert await models.Contact.all().count() == 0
        assert await models.Department.all().count() > 5
        assert (await new_ticket_numbers(date(2026, 11, 30), 0))[0] == 1
        assert (await models.Contact.create(created_at="2026-11-30T00:00:00Z")).id == 1
    assert set(_USED) == {city_url}
