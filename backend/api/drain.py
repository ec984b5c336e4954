"""Lets running requests finish before the server stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class Drain:
    """Counts running requests; once `begun`, every answer closes its connection.

    aiohttp's own shutdown waits for handlers too, but stops reading first: an upload under way would wait in vain.
    """

    def __init__(self) -> None:
        self.begun = False
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if self._running == 0:
                self._idle.set()

    async def finish(self, seconds: float) -> bool:
        """Wait until no request runs; False when some still do after that time."""
        self.begun = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
