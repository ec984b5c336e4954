"""Work on one stream of audio, done in order on threads that all streams share."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

T = TypeVar("T")

_TURN = 0.01
"""Seconds one stream may keep a thread while others wait; about 0.3 s of audio."""


def decoding_threads(count: int) -> ThreadPoolExecutor:
    """Threads for the recognisers of a process; as many as there are cores to decode on. Whoever makes them ends them.

    Vosk lets go of the interpreter lock while it decodes, so threads share one model and still use every core.
    """
    return ThreadPoolExecutor(max_workers=count, thread_name_prefix="speech")


class DecodingFailed(Exception):
    """The recogniser of this stream broke; other streams are well."""


class Decoding:
    """What one stream has to do, one piece after another and never two at once, in turns with the other streams.

    `step` is called on a thread for each frame. Nothing here waits, except whoever waits for a result.
    """

    def __init__(self, threads: Executor, step: Callable[[bytes], None]) -> None:
        self._threads = threads
        self._step = step
        self._waiting: deque[bytes | Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._working = False
        self._failure: Exception | None = None

    def feed(self, frame: bytes, *, soon: bool = True) -> None:
        """Have the frame decoded after all that was given before. Raises DecodingFailed when an earlier one failed.

        `soon` False: it can wait until something else has to be done, which spares a thread the waking.
        """
        self.check()
        self._put(frame, soon=soon)

    def after_that(self, work: Callable[[], T]) -> Future[T]:
        """Do something with the recogniser once everything given so far is decoded."""
        future: Future[T] = Future()

        def do() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work())
            except Exception as error:  # it belongs to whoever waits for the result
                future.set_exception(error)

        self._put(do)
        return future

    def at_once(self, work: Callable[[], None]) -> None:
        """For `step`, or such work, to call: this is done next, before all that waits. Long work that is done in pieces
        leaves other streams their turn in between. What it raises ends the stream, as a frame's failure does.
        """

        def do() -> None:
            if self._failure is None:
                self._try(work)

        with self._lock:
            self._waiting.appendleft(do)

    async def settled(self) -> None:
        """Wait until everything given so far is decoded. Raises DecodingFailed."""
        await asyncio.wrap_future(self.after_that(lambda: None))
        self.check()

    def forget(self) -> None:
        """Drop the frames that are not decoded yet, and any failure: the next stream starts clean."""
        with self._lock:
            kept = [item for item in self._waiting if not isinstance(item, bytes)]
            self._waiting.clear()
            self._waiting.extend(kept)
            self._failure = None

    def check(self) -> None:
        """Raises DecodingFailed when a frame could not be decoded."""
        if self._failure is not None:
            raise DecodingFailed(str(self._failure)) from self._failure

    def _put(self, item: bytes | Callable[[], None], *, soon: bool = True) -> None:
        with self._lock:
            self._waiting.append(item)
            if self._working or not soon:
                return
            self._working = True
        try:
            self._threads.submit(self._turn)
        except RuntimeError as error:  # the threads were ended: the process is stopping
            raise DecodingFailed(str(error)) from None

    def _turn(self) -> None:
        until = time.monotonic() + _TURN
        while True:
            with self._lock:
                if not self._waiting:
                    self._working = False
                    return
                item = self._waiting.popleft()
            self._do(item)
            if time.monotonic() >= until and self._yielded():
                return

    def _yielded(self) -> bool:
        try:
            self._threads.submit(self._turn)
        except RuntimeError:  # the threads are being ended, and wait for what was begun
            return False
        return True

    def _do(self, item: bytes | Callable[[], None]) -> None:
        if not isinstance(item, bytes):
            item()
        elif self._failure is None:
            self._try(partial(self._step, item))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # whatever Vosk raises ends this stream alone
            self._failure = error
