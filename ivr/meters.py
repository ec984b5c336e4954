"""What operators see of the phone: calls, answers, transcriptions, SIP workers. No measure tells a number or a word."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ivr.refusal import Refusal

_CALL_BUCKETS = (5.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0)
_STORY_BUCKETS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 20.0)
"""A story that takes longer than the last goes without its words."""

DONE: Final = "done"
"""The talk came to its end."""
PUT_THROUGH: Final = "put_through"
FAILED: Final = "failed"
"""The talk broke off by a fault of ours."""

Direction = Literal["in", "out"]
Way = Literal["voice", "key", "silent", "unclear"]


class CallMeter:
    """One call that is measured."""

    how: str = FAILED
    """How it ended: one of these words, or the EndReason that came in between. Whoever talks sets it."""


class Meters:
    """The measures of one process; `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        call, story = ["transport", "direction"], "jiesu_phone_transcription"
        self._calls = Gauge("jiesu_phone_calls", "Calls under way.", call, registry=self.registry)
        self._ended = Counter("jiesu_phone_calls_ended", "Calls that ended.", [*call, "how"], registry=self.registry)
        self._seconds = Histogram(
            "jiesu_phone_call_seconds", "Length of calls.", call, buckets=_CALL_BUCKETS, registry=self.registry
        )
        self._refused = Counter(
            "jiesu_phone_refused", "Calls refused.", ["transport", "reason"], registry=self.registry
        )
        self._answers = Counter("jiesu_phone_answers", "Answers to questions.", ["way"], registry=self.registry)
        self._waiting = Gauge(f"{story}s_waiting", "Recordings that are becoming text.", registry=self.registry)
        self._stories = Histogram(
            f"{story}_seconds", "Time until its text.", buckets=_STORY_BUCKETS, registry=self.registry
        )
        self._workers = Gauge("jiesu_phone_sip_workers_up", "SIP processes that take calls.", registry=self.registry)
        self._registrations = Gauge("jiesu_phone_registrations_up", "Registrations that hold.", registry=self.registry)

    @contextmanager
    def call(self, transport: str, direction: Direction = "in") -> Iterator[CallMeter]:
        """Around the talk of a call."""
        meter, began, under_way = CallMeter(), self._clock(), self._calls.labels(transport, direction)
        under_way.inc()
        try:
            yield meter
        finally:
            under_way.dec()
            self._ended.labels(transport, direction, meter.how).inc()
            self._seconds.labels(transport, direction).observe(self._clock() - began)

    def refused(self, transport: str, why: Refusal, count: int = 1) -> None:
        """Calls could not be taken."""
        self._refused.labels(transport, why).inc(count)

    def answered(self, way: Way) -> None:
        self._answers.labels(way).inc()

    @contextmanager
    def transcribing(self) -> Iterator[None]:
        """Around what makes text of a recording, its turn included."""
        began = self._clock()
        self._waiting.inc()
        try:
            yield
        finally:
            self._waiting.dec()
            self._stories.observe(self._clock() - began)

    def watch_sip(self, workers: Callable[[], int], registrations: Callable[[], int]) -> None:
        """How many of each are up, asked at each look."""
        self._workers.set_function(workers)
        self._registrations.set_function(registrations)
