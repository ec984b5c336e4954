"""Who takes the calls in a test."""

import asyncio

from ivr.call import MediaCall
from tests.ivr.contract import PATIENCE


class Desk:
    """Takes calls, and keeps each until it is released."""

    def __init__(self) -> None:
        self.calls: list[MediaCall] = []
        """That nobody has asked for yet."""
        self._came = asyncio.Condition()
        self._over = asyncio.Event()

    async def __call__(self, call: MediaCall) -> None:
        async with self._came:
            self.calls.append(call)
            self._came.notify_all()
        await self._over.wait()

    async def call(self, caller: str | None = None) -> MediaCall:
        """The next call; the next of this caller, when many come at once."""
        async with asyncio.timeout(PATIENCE), self._came:
            while True:
                for call in self.calls:
                    if caller in (None, call.caller):
                        self.calls.remove(call)
                        return call
                await self._came.wait()

    def release(self) -> None:
        self._over.set()
