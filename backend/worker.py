"""The worker: carries out due rows, each in one transaction with its effects; any number of copies may run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from backend import models
from backend.actions.due_effects import carry_out
from backend.contract.clock import Clock
from backend.database import CLASHED, LOST, transaction
from backend.rounds import Rounds
from backend.storage import dues
from backend.storage.dues import LONGEST_SLEEP
from backend.work.context import Context

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=1)
"""A row whose effect failed is tried again after this, so that it holds nothing else up."""

MakeContext = Callable[[], Awaitable[Context]]
Wake = Callable[[set[str]], None]


class Worker:
    """`make_context` gives each row fresh time and rules; `wake` tells channels of new notices after the commit;
    while `clock` is wrong nothing is claimed; `rounds` is what operators see of it.
    """

    def __init__(self, make_context: MakeContext, wake: Wake, clock: Clock, rounds: Rounds | None = None) -> None:
        self._make_context = make_context
        self._wake = wake
        self._clock = clock
        self._rounds = rounds or Rounds()
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()

    def notice(self) -> None:
        """Something new may be due: look now."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the row in hand, then return from `run`."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                if await self.step():
                    continue
                pause = await self._until_next()
            except (*LOST, *CLASHED):
                log.warning("the database is not reachable; trying again")
                pause = 1.0
            await self._sleep(pause)

    async def step(self) -> bool:
        """Carry out the earliest row that is due; False when there is none, or the clock is wrong."""
        done = self._clock.fault() is None and await self._step()
        self._rounds.ended(self)
        return done

    async def _step(self) -> bool:
        context = await self._make_context()
        claimed: models.Due | None = None
        try:
            async with transaction():
                due = await dues.claim(context.now)
                if due is None:
                    return False
                claimed = due
                await carry_out(context, due)
                await dues.finish(due.id, context.now)
        except (*LOST, *CLASHED):
            raise
        except Exception:
            if claimed is None:
                raise
            log.exception("a due row failed", extra={"due": claimed.id, "kind": claimed.kind})
            self._rounds.failed(claimed.kind)
            await dues.put_off(claimed.id, context.now + RETRY_AFTER)
            return True
        self._rounds.carried_out(claimed.kind)
        self._wake(context.wakes)
        return True

    async def _until_next(self) -> float:
        if self._clock.fault() is not None:
            return LONGEST_SLEEP
        context = await self._make_context()
        seconds = await dues.seconds_to_next(context.now)
        return LONGEST_SLEEP if seconds is None else min(max(seconds, 0.0), LONGEST_SLEEP)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
