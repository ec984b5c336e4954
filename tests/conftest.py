"""Throw-away PostgreSQL and Valkey servers, one of each a session, and an empty database for each test that asks."""

import gc
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis
from hypothesis import settings

from dialogs import weights
from embedded import EmbeddedPostgres, EmbeddedValkey, throwaway_dir
from settings import default_models_dir
from tests import database_time
from tests.apart import run_apart

settings.register_profile("jiesu", deadline=None)  # how long an example takes is the machine's affair, never a fault
settings.load_profile("jiesu")

weights.keep_in(default_models_dir() / "weights")

pytest_plugins = ["tests.backend.city", "tests.stages"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """What is loaded by now stays loaded: looking for garbage in it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """A folder that embedded servers can use; pytest's own tmp_path is closed to root's servers."""
    with throwaway_dir() as path:
        yield path


@pytest.fixture(scope="session")
def postgres(server_dir: Path) -> Iterator[EmbeddedPostgres]:
    """The session's PostgreSQL. A test that stops or restarts it starts one of its own instead."""
    with EmbeddedPostgres.start(server_dir / "postgres", durable=False) as server:
        _execute(server.url, _log_in_quickly(server.url))
        _execute(server.url, f"ALTER ROLE CURRENT_USER {database_time.SEARCHED}")
        yield server


@pytest.fixture(scope="session")
def valkey(server_dir: Path) -> Iterator[EmbeddedValkey]:
    """The session's Valkey. A test that stops or restarts it starts one of its own instead."""
    with EmbeddedValkey.start(server_dir / "valkey", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def make_database(postgres: EmbeddedPostgres) -> Callable[[str], str]:
    """Makes a database as a copy of the named one (`template0` is empty) and returns its URL; it ends with the server.

    That takes a quarter of a second: tests that only write rows share one by `tests.refilled`, as `city_url` does.
    """
    names = (f"test_{number}" for number in itertools.count(1))

    def make(template: str) -> str:
        name = next(names)
        _execute(postgres.url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        url = f"{postgres.url.rpartition('/')[0]}/{name}"
        if template == "template0":
            _execute(url, database_time.MAKE)
        return url

    return make


@pytest.fixture
def database_url(make_database: Callable[[str], str]) -> str:
    """A new and empty database of the test's own, for tests about migrating, restarting, or several databases."""
    return make_database("template0")


@pytest.fixture
def redis_url(valkey: EmbeddedValkey) -> str:
    """Valkey with every key forgotten. Channels are shared by all databases, so tests share database 0 too."""
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    return valkey.url


def _execute(url: str, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    run_apart(execute())


def _log_in_quickly(url: str) -> str:
    """The password once more, digested once and not 4096 times: tests connect thousands of times."""
    return f"SET scram_iterations = 1; ALTER ROLE CURRENT_USER PASSWORD '{urlsplit(url).password}'"
