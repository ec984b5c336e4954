"""Limits how often one visitor may do something, with room for bursts."""

from __future__ import annotations

import time
from collections.abc import Callable

_MOST_KEYS = 10_000


class Pace:
    """A token bucket for each key: `burst` at once, then `per_second`."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, key: str) -> float:
        """0 when it may be done now, which is counted; else the seconds after which to try again."""
        now = self._clock()
        tokens, since = self._buckets.get(key, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - since) * self._per_second)
        if tokens < 1:
            return (1 - tokens) / self._per_second
        self._buckets.pop(key, None)  # so that the dictionary stays in the order of use
        self._buckets[key] = (tokens - 1, now)
        if len(self._buckets) > _MOST_KEYS:
            del self._buckets[next(iter(self._buckets))]
        return 0.0
