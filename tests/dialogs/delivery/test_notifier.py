"""The notifier delivers each notice once, however long a channel takes, and gives back what it cannot deliver."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

import pytest

from backend.contract.client import BackendClient
from backend.contract.clock import MachineClock
from backend.contract.models.notices import ClaimIn, NoticeOut, NoticePage
from dialogs.delivery.notifier import LEASE_SECONDS, Notifier
from tests.backend.city import Backend, new_ticket
from tests.botapi.waiting import eventually


class SlowChannel:
    """A channel whose receiver takes a notice only when the test lets it."""

    name = "telegram"

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.taken = asyncio.Event()

    def open_addresses(self) -> Sequence[str] | None:
        return None

    async def deliver(self, notice: NoticeOut) -> None:
        self.begun.append(notice.id)
        await self.taken.wait()


async def test_a_notice_that_waits_longer_than_its_lease_is_not_delivered_twice(backend: Backend) -> None:
    channel, notifier, running = await _with_notice(backend)
    backend.clock.move(seconds=LEASE_SECONDS + 1)
    before = await _attempts(backend)
    notifier.wake("telegram")
    await eventually(lambda: _claimed_since(backend, before))
    assert len(channel.begun) == 1
    channel.taken.set()
    notifier.stop()
    await running
    assert len(channel.begun) == 1


async def test_a_stop_waits_only_so_long_and_the_notice_comes_back(backend: Backend) -> None:
    channel, notifier, running = await _with_notice(backend, stop_seconds=0.05)
    notifier.stop()
    await running
    backend.clock.move(seconds=LEASE_SECONDS + 1)
    again = await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    assert [notice.id for notice in again.items] == channel.begun


class Silent(BackendClient):
    """A backend that is not up yet."""

    def __init__(self) -> None:
        self.asked = 0

    async def claim_notices(self, request: ClaimIn) -> NoticePage:
        self.asked += 1
        raise ConnectionRefusedError

    def was_asked_since(self, before: int) -> bool:
        return self.asked > before


@pytest.mark.parametrize(("seconds", "level"), [(60.0, logging.INFO), (0.0, logging.WARNING)])
async def test_a_backend_that_only_starts_is_no_warning(
    seconds: float, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    silent = Silent()
    caplog.set_level(logging.INFO)
    notifier = Notifier(silent, [SlowChannel()], None, MachineClock(), silent_seconds=seconds)
    running = asyncio.create_task(notifier.run())
    for _ in range(3):
        before = silent.asked
        notifier.wake("telegram")
        await eventually(partial(silent.was_asked_since, before))
    notifier.stop()
    await running
    assert {record.levelno for record in caplog.records} == {level}


async def _with_notice(
    backend: Backend, stop_seconds: float = 10.0
) -> tuple[SlowChannel, Notifier, asyncio.Task[None]]:
    """A notifier that is busy with an acceptance notice."""
    channel = SlowChannel()
    notifier = Notifier(backend.client, [channel], None, backend.clock, stop_seconds)
    await backend.client.acting_as("telegram:4711").file_ticket(new_ticket(), key=backend.key())
    running = asyncio.create_task(notifier.run())
    await eventually(lambda: len(channel.begun) == 1)
    return channel, notifier, running


async def _attempts(backend: Backend) -> str:
    """How often notices were claimed, as the backend counts."""
    async with backend.session.get(f"{backend.url}/metrics") as response:
        lines = (await response.text()).splitlines()
    return "".join(line for line in lines if "claim_notices" in line and "_count" in line)


async def _claimed_since(backend: Backend, before: str) -> bool:
    return await _attempts(backend) != before
