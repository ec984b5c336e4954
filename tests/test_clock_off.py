"""What a process does whose clock is wrong: nothing, and it says so; it goes on by itself when the clock is right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web

import wiring
import wiring_channels
from backend import database, models
from backend.actions.contacts import contact_actor
from backend.actions.drafts import save_draft
from backend.api.deps import Deps
from backend.api.serving import serving
from backend.contract import clock as clock_module
from backend.contract.clock import MeasuredClock
from backend.contract.errors import Unavailable
from backend.contract.models.drafts import DraftIn
from backend.contract.models.notices import ClaimIn
from dialogs.delivery.notifier import Notifier
from settings import load_settings
from tests.backend.city import Backend, new_ticket
from tests.botapi.waiting import eventually
from tests.dialogs.delivery.test_notifier import SlowChannel

YEARS = timedelta(days=3650)
WRONG = "3650 days, 0:00:00 ahead of the database's"


class Machine:
    """The clock of a machine, which the test puts wrong."""

    ahead = YEARS
    asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return datetime.now(UTC) + self.ahead


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def _ready(session: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, str]]:
    async with session.get(f"{url}/readyz") as answer:
        return answer.status, await answer.json()


async def test_a_worker_years_ahead_is_not_ready_and_does_nothing_until_its_clock_is_right(
    deps: Deps, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One emptied 403 tickets; here what is due by the true time waits as well."""
    monkeypatch.setattr(clock_module, "AGAIN", 0.01)
    monkeypatch.setattr("backend.worker.LONGEST_SLEEP", 0.01)
    machine = Machine()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.opened(deps.database_url, 5))
        due, later = await _draft(deps, timedelta(minutes=1)), await _draft(deps, -timedelta(days=1))
        clock = MeasuredClock(database.present, machine)
        await stack.enter_async_context(clock.watched())
        rounds = await stack.enter_async_context(wiring.working(replace(deps, clock=clock), 2))
        status = wiring.worker_status(load_settings(worker_status_listen="127.0.0.1:0"), rounds, clock)
        url = await stack.enter_async_context(status)
        assert url is not None
        await _many(machine)
        code, told = await _ready(session, url)
        assert (code, told["rounds"]) == (503, "ok")
        assert "ahead of the database's" in told["clock"]
        assert await _drafts() == {due, later}

        machine.ahead = timedelta(0)
        await eventually(lambda: _is_left(later), timeout=20)
        await _many(machine)
        assert await _ready(session, url) == (200, {"ready": True, "database": "ok", "rounds": "ok", "clock": "ok"})
        assert await _drafts() == {later}


async def _many(machine: Machine) -> None:
    """Until the workers have looked at the clock many times."""
    asked = machine.asked
    await eventually(lambda: machine.asked > asked + 50, timeout=30)


async def _draft(deps: Deps, expired: timedelta) -> UUID:
    """A draft whose end was so long ago."""
    id_ = uuid4()
    context = await deps.context()
    async with database.transaction():
        actor = await contact_actor(context, "telegram", "4711")
        await save_draft(context, actor, str(id_), DraftIn(scenario="hiring", form={}))
    await models.Due.filter(subject=f"d{id_}", kind="draft_expiry").update(due_at=context.now - expired)
    return id_


async def _is_left(draft: UUID) -> bool:
    return await _drafts() == {draft}


async def _drafts() -> set[UUID]:
    return {one.id for one in await models.Draft.all()}


async def test_a_backend_whose_clock_is_wrong_refuses_everything_but_to_say_the_time(backend: Backend) -> None:
    await backend.client.acting_as("telegram:4711").file_ticket(new_ticket(), key=backend.key())
    backend.clock.wrong = WRONG
    code, told = await _ready(backend.session, backend.url)
    assert (code, told["clock"]) == (503, WRONG)
    headers = {"Authorization": f"Bearer {backend.client.transport.token}"}
    async with backend.session.get(f"{backend.url}/api/v1/city", headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        problem = await answer.json()
        assert problem["code"] == "unavailable"
        assert WRONG in problem["detail"]
    with pytest.raises(Unavailable):
        await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    assert await backend.client.ask_time() == backend.clock.now
    backend.clock.wrong = None
    assert len((await backend.client.claim_notices(ClaimIn(channels=["telegram"]))).items) == 1


async def test_a_bot_measures_its_clock_by_the_backends_answer(backend: Backend) -> None:
    clock = MeasuredClock(backend.client.ask_time, lambda: backend.clock.now + YEARS)
    await clock.measure()
    offset = clock.offset()
    assert offset is not None
    assert abs(offset - YEARS) < timedelta(seconds=30)


async def test_a_channel_whose_clock_is_wrong_claims_no_notices(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong:
        fault_is: str | None = WRONG
        asked = 0

        def __call__(self) -> datetime:
            return backend.clock.now

        def fault(self) -> str | None:
            self.asked += 1
            return self.fault_is

    monkeypatch.setattr("dialogs.delivery.notifier.POLL_SECONDS", 0.01)
    clock, channel = Wrong(), SlowChannel()
    notifier = Notifier(backend.client, [channel], None, clock, 0.05)
    await backend.client.acting_as("telegram:4711").file_ticket(new_ticket(), key=backend.key())
    running = asyncio.create_task(notifier.run())
    await eventually(lambda: clock.asked > 10, timeout=30)
    assert channel.begun == []
    clock.fault_is = None
    await eventually(lambda: len(channel.begun) == 1)
    notifier.stop()
    await running


async def test_the_bot_says_on_its_own_machine_alone_that_its_clock_is_wrong(session: aiohttp.ClientSession) -> None:
    clock = MeasuredClock(_never)
    server = web.Application()
    wiring_channels.add_bot_status(server, None, clock)
    async with serving(server, "127.0.0.1", 0, drain_seconds=1.0) as url:
        told = {"ready": False, "redis": "none", "clock": "not compared with the database's yet"}
        assert await _ready(session, url) == (503, told)
        for path in ("healthz", "readyz"):
            async with session.get(f"{url}/{path}", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
                assert answer.status == 404


async def _never() -> datetime:
    raise AssertionError
