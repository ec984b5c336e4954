"""One clock that gives every call of a process its turn, 50 times a second."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from ivr.call import FRAME_SECONDS

log = logging.getLogger(__name__)

_MOST_LATE = 5
"""Ticks made up for at once after the process stood still; further ones are skipped, or they would leave as a burst."""

Turn = Callable[[], None]


class Pacer:
    """Calls each turn every 20 ms by the monotonic clock, and does not drift."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._task: asyncio.Task[None] | None = None
        self.skipped = 0
        """Frame times that were skipped because the process stood still."""

    def add(self, turn: Turn) -> None:
        """From the next tick on. Starts the clock; needs a running event loop."""
        self._turns.append(turn)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="pacer")

    def remove(self, turn: Turn) -> None:
        """Unknown turns are ignored."""
        if turn in self._turns:
            self._turns.remove(turn)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            due += FRAME_SECONDS
            late = time.monotonic() - due
            if late > _MOST_LATE * FRAME_SECONDS:
                missed = int(late / FRAME_SECONDS)
                self.skipped += missed
                due += missed * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for turn in tuple(self._turns):
                self._give(turn)

    def _give(self, turn: Turn) -> None:
        try:
            turn()
        except Exception:
            # One call's fault must not take the clock from the others.
            log.exception("a call failed at its turn and gets no further ones", extra={"action": "call_turn"})
            self.remove(turn)
