"""Who takes the calls in a test, and the workers that bring them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ivr.call import MediaCall
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import CALLER, PATIENCE
from tests.ivr.sip.phone import Habits, Phone


class Desk:
    """Takes calls, and keeps each until it has ended."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[MediaCall] = asyncio.Queue()
        self.over: dict[str, asyncio.Event] = {}

    async def __call__(self, call: MediaCall) -> None:
        over = self.over[call.id] = asyncio.Event()
        self.calls.put_nowait(call)
        await over.wait()

    async def call(self) -> MediaCall:
        async with asyncio.timeout(PATIENCE):
            return await self.calls.get()

    def release(self) -> None:
        for over in self.over.values():
            over.set()


@asynccontextmanager
async def workers(desk: Desk, port: int, **settings: Any) -> AsyncIterator[SipWorkers]:
    running = SipWorkers(SipSettings(port=port, **settings), desk)
    await running.start()
    try:
        yield running
    finally:
        desk.release()
        await running.stop()


@asynccontextmanager
async def dialled(port: int, habits: Habits | None = None) -> AsyncIterator[Phone]:
    """A caller."""
    phone = await Phone.dial(port, CALLER, habits=habits)
    try:
        yield phone
    finally:
        await phone.close()


@asynccontextmanager
async def waiting(habits: Habits | None = None) -> AsyncIterator[Phone]:
    """Somebody to call."""
    phone = await Phone.waiting(habits)
    try:
        yield phone
    finally:
        await phone.close()
