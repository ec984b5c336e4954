"""A running backend with the demo city, for every test that asks: fixtures `city`, `city_url`, `deps` and `backend`.

`tests/conftest.py` names this module as a plugin: imported elsewhere, the fixtures would be made once more.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from redis.asyncio import Redis

from backend import database, models
from backend.actions import authentication, service_tokens
from backend.actions.first_passwords import hand_out_passwords
from backend.actions.load_city import load_city
from backend.actions.organisation_file import DEMO_CITY
from backend.api.app import build_app
from backend.api.deps import Deps
from backend.api.serving import serving
from backend.contract.client import BackendClient, Retry
from backend.contract.clock import MachineClock
from backend.contract.models.filing import NewTicket
from backend.contract.words import Kind, Scope
from backend.work.context import Context
from tests.apart import run_apart
from tests.built_in import default_policy
from tests.database_time import set_time
from tests.refilled import Refilled

SERVICE_TOKEN = "svc_of_the_tests"
CHANNELS = ("telegram", "telegram-staff", "web", "web-staff", "phone")
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai on a working day; where a test's clock starts."""
PATIENCE = Retry(budget=10.0, first=0.05, longest=0.5)


@dataclass(frozen=True)
class City:
    template: str
    """Name of a database with the demo city in it, to copy."""
    passwords: Mapping[str, str]
    """Of the staff, by user name."""
    database: Refilled | None = None
    """The copy that tests share."""


@dataclass
class Clock:
    """The backend's clock, moved by the test."""

    database_url: str
    now: datetime = MONDAY
    wrong: str | None = None
    """What `fault` says."""

    def __call__(self) -> datetime:
        return self.now

    def fault(self) -> str | None:
        return self.wrong

    def move(self, **delta: float) -> None:
        """The database's goes along."""
        self.now += timedelta(**delta)
        run_apart(set_time(self.database_url, self.now))


@dataclass
class Backend:
    url: str
    """Base URL, such as http://127.0.0.1:40123."""
    deps: Deps
    clock: Clock
    city: City
    session: aiohttp.ClientSession
    client: BackendClient
    """With a service token of every scope for `CHANNELS`; name the account acted for with `acting_as`."""
    stop: Callable[[], Coroutine[Any, Any, None]]
    """Shuts the server down as SIGTERM would; done when the last request is."""
    _keys: Any = field(default_factory=count)

    def staff(self, username: str) -> BackendClient:
        """A client logged in as this member of staff, such as `seat-1`, `office`, `power-1`, `power-leader`."""
        return self.client.with_token(session_token(username))

    def key(self) -> str:
        """A fresh idempotency key."""
        return f"test-key-{next(self._keys):06d}"

    async def context(self) -> Context:
        """For calling actions directly, inside `database.transaction()`."""
        return await self.deps.context()


def session_token(username: str) -> str:
    return f"{authentication.SESSION_PREFIX}{username}"


def new_ticket(scenario: str = "power-cut", **changes: Any) -> NewTicket:
    """A confirmed form; change what the test is about."""
    form: dict[str, Any] = {
        "kind": Kind.HELP,
        "scenario": scenario,
        "scenario_version": 1,
        "title": "厂区停电",
        "story": "今天早上八点起整个厂区停电，生产线停了。",
        "district": "chengdong",
        "address": "建设路18号",
    }
    return NewTicket.model_validate(form | changes)


@pytest.fixture(scope="session")
def city(make_database: Callable[[str], str]) -> City:
    """The demo city in a migrated database, made once a session."""
    url = make_database("template0")
    passwords: dict[str, str] = {}

    async def fill() -> None:
        await database.migrate(url)
        async with database.opened(url, 3):
            await load_city(DEMO_CITY, date(2026, 11, 1))
            await hand_out_passwords(passwords.update)
            await service_tokens.admit_service("tests", SERVICE_TOKEN, Scope, CHANNELS)
            await models.StaffSession.bulk_create(
                models.StaffSession(
                    digest=hashlib.sha256(session_token(one.username).encode()).hexdigest(),
                    staff_id=one.id,
                    expires_at=datetime(2100, 1, 1, tzinfo=UTC),
                )
                for one in await models.Staff.all()
            )

    run_apart(fill())
    template = url.rpartition("/")[2]
    return City(template, passwords, Refilled(lambda: make_database(template)))


@pytest.fixture
def city_url(city: City) -> Iterator[str]:
    """A database with the demo city in it and nothing else; the next test gets it so again."""
    assert city.database is not None
    with city.database.lent() as url:
        yield url


@pytest.fixture
async def deps(city_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Deps]:
    """What `backend` is built from; override or `replace` to change it."""
    redis = Redis.from_url(redis_url, socket_timeout=2.0)
    yield deps_with(city_url, redis, tmp_path / "attachments")
    await redis.aclose()


def deps_with(database_url: str, redis: Redis, attachments: Path) -> Deps:
    """The same, for fixtures that live longer than a test."""
    policy = default_policy()
    return Deps(
        database_url=database_url,
        redis=redis,
        policy=policy,
        calendar=policy.calendar(),
        timezone=ZoneInfo("Asia/Shanghai"),
        secret=b"a secret of the tests",
        attachments=attachments,
        clock=MachineClock(),
        pool_size=16,
    )


@pytest.fixture
async def backend(deps: Deps, city: City) -> AsyncIterator[Backend]:
    """The backend, served on a free port."""
    async with running(deps, city) as served:
        yield served


class running:  # noqa: N801 - used as `async with running(...)`, like a function
    """Serve a backend for the length of a block."""

    def __init__(self, deps: Deps, city: City) -> None:
        self._clock = Clock(deps.database_url)
        self._deps = replace(deps, clock=self._clock)
        self._city = city
        self._stopped = False

    async def __aenter__(self) -> Backend:
        await set_time(self._deps.database_url, self._clock.now)
        self._session = aiohttp.ClientSession()
        self._serving = serving(build_app(self._deps), "127.0.0.1", 0, drain_seconds=5.0)
        url = await self._serving.__aenter__()
        client = BackendClient.to(self._session, url, SERVICE_TOKEN, PATIENCE)
        return Backend(url, self._deps, self._clock, self._city, self._session, client, self._stop)

    async def __aexit__(self, *error: Any) -> None:
        await self._session.close()
        await self._stop()

    async def _stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            await self._serving.__aexit__(None, None, None)
