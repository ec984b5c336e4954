"""Rounds of load at a fixed concurrency, ours and the floor's in turn, so that noise hits both."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Play = Callable[[], Awaitable[float]]
"""Does the thing once and gives its seconds."""


@dataclass(frozen=True)
class Round:
    rate: float
    """A second."""
    times: tuple[float, ...]
    """Seconds each took."""


@dataclass
class Series:
    """The rounds of one side."""

    rounds: list[Round] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Median of the rounds' rates."""
        return statistics.median(one.rate for one in self.rounds)

    @property
    def count(self) -> int:
        return sum(len(one.times) for one in self.rounds)

    def quantile(self, share: float) -> float:
        """Seconds within which this share of all was done, 0.5 for the median."""
        ordered = sorted(time for one in self.rounds for time in one.times)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


async def play_round(play: Play, *, concurrency: int, seconds: float) -> Round:
    """Keep `concurrency` of them going; none is begun after `seconds`, all are finished, and the whole time counts."""
    times: list[float] = []
    began = time.perf_counter()

    async def keep_going() -> None:
        while time.perf_counter() - began < seconds:
            times.append(await play())

    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(keep_going())
    return Round(len(times) / (time.perf_counter() - began), tuple(times))
