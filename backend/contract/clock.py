"""The time of this process, and whether it is the database's: a machine whose clock is wrong must not act by it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

log = logging.getLogger(__name__)

TOLERATED = timedelta(minutes=1)
"""A clock that is off by more than this is wrong; NTP keeps machines within milliseconds."""
EVERY = 60.0
"""Seconds between two measurements."""
AGAIN = 5.0
"""Seconds between them while the clock is wrong, or not measured."""
_LONGEST = 10.0
"""Seconds the database may take to say its time: a later answer says too little."""

_UNMEASURED = "not compared with the database's yet"
_CURE = (
    "set it by NTP on this machine (`timedatectl set-ntp true`), or on the database's where that one is wrong; "
    "work goes on by itself within seconds"
)


class Clock(Protocol):
    def __call__(self) -> datetime:
        """The time, UTC."""

    def fault(self) -> str | None:
        """What is wrong with it, and the cure, for operators; None while it may be acted by."""


class MachineClock:
    """This machine's own, taken to be right: for tools that know no database."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)

    def fault(self) -> str | None:
        return None


@dataclass(frozen=True)
class _Measured:
    """What the database's clock said."""

    time: datetime
    at: float
    """Monotonic seconds, in the middle of the round trip."""
    error: timedelta
    """Half the round trip: the answer was given at some point of it."""


class MeasuredClock:
    """This machine's clock, compared with the database's at start and every minute while `watched`.

    It is not corrected: a process that acts by a time of its own beside its machine's would hide the fault, and logs,
    certificates and files would go on by the wrong one. Between measurements the monotonic clock tells at once when the
    machine's is moved.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[datetime]],
        machine: Callable[[], datetime] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ask` gives the database's time; `machine` and `monotonic` are this machine's clocks."""
        self._ask = ask
        self._machine = machine or MachineClock()
        self._monotonic = monotonic
        self._measured: _Measured | None = None
        self._told: str | None = None

    def __call__(self) -> datetime:
        return self._machine()

    def fault(self) -> str | None:
        if (off := self.offset()) is None:
            return _UNMEASURED
        assert self._measured is not None
        if abs(off) <= TOLERATED + self._measured.error:
            return None
        return f"{_rounded(abs(off))} {'ahead of' if off > timedelta(0) else 'behind'} the database's: {_CURE}"

    def offset(self) -> timedelta | None:
        """How far it is ahead of the database's; None before the first measurement."""
        if (last := self._measured) is None:
            return None
        return self._machine() - last.time - timedelta(seconds=self._monotonic() - last.at)

    async def measure(self) -> None:
        """Compare once. While the database does not answer, what it said last holds on."""
        began = self._monotonic()
        try:
            async with asyncio.timeout(_LONGEST):
                said = await self._ask()
        except Exception as error:  # the edge of a loop: whatever it is, it is tried again
            log.warning("the clock was not compared with the database's", extra={"error": type(error).__name__})
            return
        took = self._monotonic() - began
        self._measured = _Measured(said, began + took / 2, timedelta(seconds=took / 2))
        self._tell()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Measured once, then again and again for the length of a block."""
        await self.measure()
        watching = asyncio.create_task(self._watch(), name="clock")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(AGAIN)
            last = self._measured
            if last is None or self.fault() is not None or self._monotonic() - last.at >= EVERY:
                await self.measure()

    def _tell(self) -> None:
        """Once when it goes wrong, and once when it is right again."""
        fault = self.fault()
        if fault is not None and self._told is None:
            log.error("the clock of this machine is wrong; nothing is done until it is right", extra={"clock": fault})
        elif fault is None and self._told is not None:
            log.warning("the clock of this machine is right again")
        self._told = fault


def _rounded(off: timedelta) -> timedelta:
    return timedelta(seconds=round(off.total_seconds()))
