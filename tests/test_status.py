"""What operators see of a worker, over HTTP against a real database that goes away, and of a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import wiring
import wiring_channels
from backend import database, models
from backend.api.deps import Deps
from backend.contract.clock import MachineClock
from backend.rounds import LATE_AFTER, Rounds
from embedded import EmbeddedPostgres
from ivr.app import Phone, PhoneSettings
from ivr.sip.settings import SipSettings
from ivr.talk.call_deps import CallDeps
from ivr.talk.hotline import Hotline
from settings import load_settings

RIGHT = MachineClock()
CHOSEN = load_settings(worker_status_listen="127.0.0.1:0", metrics_token="token-of-a-collector")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def _ready(session: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, object]]:
    async with session.get(f"{url}/readyz") as answer:
        return answer.status, await answer.json()


def _told(ready: bool, *, clock: str = "ok", **checks: str) -> dict[str, object]:
    return {"ready": ready, **checks, "clock": clock}


async def test_a_worker_that_works_is_ready_and_counts_its_rows(deps: Deps, session: aiohttp.ClientSession) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.opened(deps.database_url, 5))
        rounds = await stack.enter_async_context(wiring.working(deps, 2))
        async with wiring.worker_status(CHOSEN, rounds, RIGHT) as url:
            assert url is not None
            async with session.get(f"{url}/healthz") as answer:
                assert answer.status == 200
            assert await _ready(session, url) == (200, _told(True, database="ok", rounds="ok"))
            await models.Due.create(subject="dX", kind="no such kind", period="1", due_at=deps.clock())
            rounds_seen = ""
            async with asyncio.timeout(10):
                while 'kind="no such kind",outcome="failed"' not in rounds_seen:
                    async with session.get(f"{url}/metrics") as answer:
                        rounds_seen = await answer.text()
            assert "jiesu_worker_round_age_seconds 0." in rounds_seen


@pytest.mark.failure
async def test_a_worker_that_stands_still_or_lost_the_database_is_not_ready(
    server_dir: Path, session: aiohttp.ClientSession
) -> None:
    clock = Clock()
    rounds = Rounds(clock)
    for name in ("quick", "stuck"):
        rounds.expect(name)
    with EmbeddedPostgres.start(server_dir / "worker", durable=False) as server:
        async with database.opened(server.url, 2), wiring.worker_status(CHOSEN, rounds, RIGHT) as url:
            assert url is not None
            clock.now += LATE_AFTER + 1
            rounds.ended("quick")
            assert await _ready(session, url) == (
                503,
                _told(False, database="ok", rounds="late"),
            )
            rounds.ended("stuck")
            assert (await _ready(session, url))[0] == 200
            server.kill()
            assert await _ready(session, url) == (
                503,
                _told(False, database="unreachable", rounds="ok"),
            )


def _phone(sip: SipSettings | None) -> Phone:
    """None of its parts runs."""
    chosen = PhoneSettings(
        backend_url="", channel_token="", session_hours=1, model=None, threads=1, prompts=None, seat="", personal="",
        on_hangup="ticket", sip=sip, audiosocket=None, sms=None, drain_seconds=0,
    )  # fmt: skip
    nothing: Any = None
    shared = CallDeps(talk=nothing, keep=nothing, now=nothing)
    hotline = Hotline(nothing, shared, nothing, None, nothing, nothing, nothing)
    return Phone(chosen, nothing, hotline, nothing, nothing, nothing, RIGHT)


async def test_a_phone_is_ready_while_a_sip_process_takes_calls_if_any_should(session: aiohttp.ClientSession) -> None:
    chosen = load_settings(ivr_status_listen="127.0.0.1:0")
    for sip, status, state in ((None, 200, "none"), (SipSettings(), 503, "down")):
        phone = _phone(sip)
        async with wiring_channels.phone_status(chosen, phone, None, RIGHT) as url:
            assert url is not None
            assert await _ready(session, url) == (
                status,
                _told(status == 200, redis="none", sip=state),
            )
            async with session.get(f"{url}/metrics") as answer:
                assert "jiesu_phone_sip_workers_up 0.0" in await answer.text()
        if phone.sip is not None:
            await phone.sip.stop()


async def test_measures_are_for_this_machine_or_a_token(session: aiohttp.ClientSession) -> None:
    async with wiring.worker_status(CHOSEN, Rounds(), RIGHT) as url:
        for headers, status in (
            ({"X-Forwarded-For": "203.0.113.9"}, 403),
            ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer token-of-a-collector"}, 200),
        ):
            async with session.get(f"{url}/metrics", headers=headers) as answer:
                assert answer.status == status


async def test_it_is_off_unless_asked_for() -> None:
    async with wiring.worker_status(load_settings(), Rounds(), RIGHT) as url:
        assert url is None
