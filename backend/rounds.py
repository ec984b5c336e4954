"""What operators see of a process' workers: when each last looked at the table, and what they carried out."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge

LATE_AFTER = 60.0
"""Seconds without the end of a round before a worker counts as stuck: an idle one looks every five, and no statement
may take longer than this."""


class Rounds:
    """`clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._began = clock()
        self._ended: dict[object, float] = {}
        rows = Counter("jiesu_due_rows", "Due rows that workers claimed.", ["kind", "outcome"], registry=self.registry)
        self._rows = rows
        age = Gauge("jiesu_worker_round_age_seconds", "Since the slowest worker last looked.", registry=self.registry)
        age.set_function(self.age)

    def expect(self, worker: object) -> None:
        """This worker is to end its rounds from now on."""
        self._ended[worker] = self._clock()

    def ended(self, worker: object) -> None:
        self._ended[worker] = self._clock()

    def carried_out(self, kind: str) -> None:
        self._rows.labels(kind, "done").inc()

    def failed(self, kind: str) -> None:
        self._rows.labels(kind, "failed").inc()

    def age(self) -> float:
        """Seconds since the worker that looked longest ago ended a round."""
        return self._clock() - min(self._ended.values(), default=self._began)

    async def state(self) -> str:
        """`ok` or `late`, for a probe."""
        return "ok" if self.age() <= LATE_AFTER else "late"
