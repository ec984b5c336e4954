"""One worker for many tests, and calls by it at once, each with both its ends."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from ivr.audio import silence, tone
from ivr.call import MediaCall
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import Events, at_best, loud_frames
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import workers
from tests.ivr.sip.phone import Habits, Phone, free_port


class ConnectedCall:
    def __init__(self, call: MediaCall, phone: Phone) -> None:
        self.call = call
        self.phone = phone
        self.events = Events(call)

    async def both_hear(self) -> None:
        """Each end hears what the other says."""
        await at_best(self._both_hear)

    async def _both_hear(self) -> None:
        said, heard = len(self.events.audio), len(self.phone.heard())
        self.call.play(tone(440, 0.3))
        await self.phone.say(tone(700, 0.3) + silence(0.2))
        await asyncio.sleep(0.15)
        here, there = loud_frames(self.events.audio[said:]), loud_frames(self.phone.heard()[heard:])
        assert 11 <= here <= 19, f"{here} frames of 15 heard here"
        assert 11 <= there <= 19, f"{there} frames of 15 heard there"


class Exchange:
    """Tells callers apart by their numbers."""

    def __init__(self, desk: Desk, running: SipWorkers, port: int) -> None:
        self.desk = desk
        self.workers = running
        self.port = port
        self._numbers = count(13900000000)

    @asynccontextmanager
    async def talk(self, habits: Habits | None = None) -> AsyncIterator[ConnectedCall]:
        caller = self._number()
        phone = await Phone.dial(self.port, caller, habits=habits)
        try:
            yield ConnectedCall(await self.desk.call(caller), phone)
        finally:
            await phone.close()

    async def lives(self) -> None:
        """It takes another call."""
        async with self.talk() as talk:
            await talk.both_hear()

    async def caller(self) -> tuple[Phone, str]:
        """A telephone that has not called yet, and its number."""
        phone, number = Phone(), self._number()
        await phone.open(self.port, number, "12345")
        return phone, number

    def _number(self) -> str:
        return f"+86{next(self._numbers)}"


@asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[Exchange]:
    desk, port = Desk(), free_port()
    async with workers(desk, port, **settings) as running:
        yield Exchange(desk, running, port)


async def at_once(*cases: Coroutine[Any, Any, None]) -> None:
    """Each case is a call of its own, so they need not wait for each other."""
    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(case)
