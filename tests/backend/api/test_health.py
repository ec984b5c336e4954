"""What operators see, and what happens when PostgreSQL or Valkey goes away under load."""

import asyncio
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from redis.asyncio import Redis

from backend import database, models
from backend.actions import service_tokens
from backend.actions.load_city import load_city
from backend.actions.organisation_file import DEMO_CITY
from backend.api import logs
from backend.api.deps import Deps
from backend.contract.client import BackendClient, Retry
from backend.contract.errors import Unavailable
from backend.contract.words import Scope
from embedded import EmbeddedPostgres
from tests.backend.city import CHANNELS, MONDAY, SERVICE_TOKEN, Backend, City, new_ticket, running
from tests.backend.files import samples
from tests.botapi.waiting import eventually

ACTOR = "telegram:4711"


async def _ready(backend: Backend) -> tuple[int, dict[str, object]]:
    async with backend.session.get(f"{backend.url}/readyz") as answer:
        return answer.status, await answer.json()


async def test_alive_and_ready(backend: Backend) -> None:
    async with backend.session.get(f"{backend.url}/healthz") as answer:
        assert answer.status == 200
    assert await _ready(backend) == (
        200,
        {"ready": True, "database": "ok", "migrations": "ok", "redis": "ok", "clock": "ok", "draining": "no"},
    )


async def test_not_ready_with_a_migration_pending(backend: Backend) -> None:
    await database.execute("DELETE FROM tortoise_migrations WHERE name LIKE '0002%'")
    status, told = await _ready(backend)
    assert (status, told["migrations"]) == (503, "pending")


async def test_without_redis_requests_are_served_and_guesses_still_limited(deps: Deps, city: City) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    async with running(replace(deps, redis=nowhere), city) as backend:
        assert (await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())).number
        status, told = await _ready(backend)
        assert (status, told["redis"]) == (503, "unreachable")
        codes = []
        for _ in range(6):
            request = {"username": "power-1", "password": "wrong"}
            async with backend.session.post(f"{backend.url}/api/v1/staff/sessions", json=request) as answer:
                codes.append(answer.status)
        assert codes == [401] * 5 + [429]
    await nowhere.aclose()


async def test_metrics(backend: Backend) -> None:
    await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    backend.clock.move(days=1)
    async with backend.session.get(f"{backend.url}/metrics") as answer:
        text = await answer.text()
    assert 'jiesu_requests_total{operation="file_ticket",status="201"} 1.0' in text
    assert 'jiesu_outbox_depth{channel="telegram"} 1.0' in text
    assert 'jiesu_outbox_ready{channel="telegram"} 1.0' in text
    waits = next(line for line in text.splitlines() if line.startswith('jiesu_outbox_lag_seconds{channel="telegram"}'))
    assert float(waits.split()[1]) == pytest.approx(86400, abs=60)
    lag = next(line for line in text.splitlines() if line.startswith("jiesu_due_lag_seconds "))
    assert float(lag.split()[1]) > 3600


async def test_metrics_behind_a_proxy_need_the_token(deps: Deps, city: City) -> None:
    async with running(replace(deps, metrics_token="collector"), city) as backend:
        for headers, status in (
            ({"X-Forwarded-For": "203.0.113.9"}, 403),
            ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer collector"}, 200),
        ):
            async with backend.session.get(f"{backend.url}/metrics", headers=headers) as answer:
                assert answer.status == status


async def test_wakes_are_published_after_the_commit(backend: Backend) -> None:
    assert backend.deps.redis is not None
    async with backend.deps.redis.pubsub() as heard:
        await heard.subscribe("jiesu:wake")
        await heard.get_message(timeout=2.0)
        await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
        names: set[bytes] = set()
        while b"telegram" not in names:
            message = await heard.get_message(ignore_subscribe_messages=True, timeout=5.0)
            assert message is not None
            names.add(message["data"])
    assert b"due" not in names, "its limits are hours away: a worker finds them when it looks again"
    assert await models.Notice.filter(channel="telegram").count() == 1


async def test_running_requests_finish_when_the_server_stops(deps: Deps, city: City) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow_file() -> AsyncIterator[bytes]:
        yield samples.PNG
        begun.set()
        await go_on.wait()
        yield bytes(500)

    async with running(deps, city) as backend:
        upload = asyncio.create_task(backend.client.acting_as(ACTOR).upload(slow_file, key=backend.key()))
        await begun.wait()
        await _until_ready_file(deps)
        stopping = asyncio.create_task(backend.stop())
        hasty = BackendClient.to(backend.session, backend.url, SERVICE_TOKEN, Retry(budget=0.0))
        with pytest.raises(Unavailable):
            while True:
                await hasty.view_city()
        assert not upload.done()
        go_on.set()
        assert (await upload).size == len(samples.PNG) + 500
        await stopping


async def _until_ready_file(deps: Deps) -> None:
    """Until the server has begun to write the upload."""
    await eventually(lambda: any(deps.attachments.rglob("*.part")))


@pytest.mark.failure
async def test_a_frozen_postgres_is_told_within_the_bound(server_dir: Path, deps: Deps) -> None:
    """It still takes connections, and answers nothing; when it goes on, so do we."""
    with EmbeddedPostgres.start(server_dir / "frozen", durable=False) as server:
        await database.migrate(server.url)
        async with running(replace(deps, database_url=server.url), City("", {})) as backend:
            assert (await _ready(backend))[0] == 200
            with _frozen(server):
                for _ in range(2):
                    began = time.monotonic()
                    status, told = await _ready(backend)
                    assert (status, told["database"], told["redis"]) == (503, "unreachable", "ok")
                    assert time.monotonic() - began < 3
            await eventually(lambda: _is_ready(backend), timeout=10)


@contextmanager
def _frozen(server: EmbeddedPostgres) -> Iterator[None]:
    running_one = server._server.process
    assert running_one is not None
    postmaster = psutil.Process(running_one.pid)
    processes = [postmaster, *postmaster.children(recursive=True)]
    for one in processes:
        one.suspend()
    try:
        yield
    finally:
        for one in processes:
            one.resume()


@pytest.mark.failure
async def test_postgres_restarts_under_load(server_dir: Path, deps: Deps) -> None:
    """No confirmed ticket is lost, none is filed twice, and nobody has to do anything."""
    with EmbeddedPostgres.start(server_dir / "restarted", durable=False) as server:
        await database.migrate(server.url)
        async with database.opened(server.url, 3):
            await load_city(DEMO_CITY, MONDAY.date())
            await service_tokens.admit_service("tests", SERVICE_TOKEN, Scope, CHANNELS)
        own = replace(deps, database_url=server.url)
        async with running(own, City("", {})) as backend:
            stop = asyncio.Event()
            confirmed: list[str] = []

            async def file(number: int) -> None:
                n = 0
                while not stop.is_set():
                    n += 1
                    key = f"restart-{number:02d}-{n:05d}"
                    receipt = await backend.client.acting_as(f"web:{number}").file_ticket(
                        new_ticket(title=key), key=key
                    )
                    confirmed.append(receipt.number)

            callers = [asyncio.create_task(file(number)) for number in range(8)]
            await eventually(lambda: len(confirmed) >= 40, timeout=30)
            await asyncio.to_thread(server.restart)
            before = len(confirmed)
            await eventually(lambda: len(confirmed) >= before + 40, timeout=30)
            stop.set()
            await asyncio.gather(*callers)
            filed = [one.number for one in await models.Ticket.all()]
            titles = [one.title for one in await models.Ticket.all()]
            assert sorted(filed) == sorted(confirmed)
            assert len(set(titles)) == len(titles)
            assert (await _ready(backend))[0] == 200


async def _is_ready(backend: Backend) -> bool:
    return (await _ready(backend))[0] == 200


def test_logs_carry_no_values_of_errors() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    logger = logging.getLogger("tests.one_line")
    logger.addHandler(handler)
    phone = "".join(["138", "0013", "8000"])
    try:
        int(phone + "x")
    except ValueError:
        logger.exception("request failed", extra={"operation": "file_ticket"})
    line = json.loads(stream.getvalue())
    assert (line["event"], line["operation"], line["error"]) == ("request failed", "file_ticket", "builtins.ValueError")
    assert "test_health.py" in line["stack"]
    assert phone not in stream.getvalue()
