"""The notifier delivers each notice once, however long a channel takes, and gives back what it cannot deliver."""

import asyncio
from collections.abc import Sequence

from backend.contract.models import ClaimIn, NoticeOut
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


async def _with_notice(
    backend: Backend, stop_seconds: float = 10.0
) -> tuple[SlowChannel, Notifier, asyncio.Task[None]]:
    """A notifier that is busy with an acceptance notice."""
    channel = SlowChannel()
    notifier = Notifier(backend.client, [channel], None, backend.clock, stop_seconds)
    await backend.client.file_ticket(new_ticket(), actor="telegram:4711", key=backend.key())
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
