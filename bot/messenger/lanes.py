"""Handles what people send: what one sends in order, different people side by side; what fails is tried again."""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_log = logging.getLogger(__name__)

UpdateT = TypeVar("UpdateT")


@dataclass(frozen=True)
class Trying:
    """How often a handler is tried; times in seconds."""

    retries: int = 3
    """Further tries after a handler failed."""
    first_retry: float = 0.5
    """Doubled with each try."""
    handler_timeout: float = 60.0
    """A try of a handler that takes longer has failed: it would hold back all updates after it."""


@dataclass(frozen=True)
class Gathering(Generic[UpdateT]):
    """How several short messages in a row become one: what came is held a moment where it may go on."""

    is_part: Callable[[UpdateT], bool]
    """Whether it may belong to the one before."""
    goes_on: Callable[[UpdateT], bool]
    """Whether more may belong to it; asked when its turn has come, so that what was asked last is known."""
    handle: Callable[[Sequence[UpdateT]], Awaitable[object]]
    """Handles the parts together."""
    quiet: float
    """Seconds without a further part after which it is whole."""


class Lanes(Generic[UpdateT]):
    """The updates of one bot on their way through its handler.

    Handlers must bear to see an update a second time.
    """

    def __init__(
        self,
        handle: Callable[[UpdateT], Awaitable[object]],
        trying: Trying,
        ended: Callable[[int], None] = lambda _number: None,
        gathering: Gathering[UpdateT] | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vary: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """`ended` hears the number of each update that was handled or skipped."""
        self._handle = handle
        self._trying = trying
        self._ended = ended
        self._sleep = sleep
        self._vary = vary
        self._gathering = gathering
        self._last_of: dict[Hashable, _Link] = {}
        self._next: dict[Hashable, _Next[UpdateT]] = {}
        self.running: dict[int, asyncio.Task[None]] = {}
        """Updates being handled, or waiting for an earlier one of the same lane, by their numbers."""

    def begin(self, number: int, update: UpdateT, lane: Hashable, album: str = "") -> None:
        """Handle it after those that came before in its lane; parts of an album together."""
        last = self._last_of.get(lane)
        # The parts of an album are handled together, or the first would wait for those that wait for it.
        before = None if last is None else last.before if album and album == last.album else last.task
        following = self._next.setdefault(lane, _Next())
        following.updates[number] = update
        following.came.set()
        task = asyncio.create_task(self._process(number, update, before, following))
        self.running[number] = task
        self._last_of[lane] = _Link(task, before, album)

        def ended(ended_task: asyncio.Task[None]) -> None:
            del self.running[number]
            last = self._last_of.get(lane)
            if last is not None and last.task is ended_task:
                del self._last_of[lane], self._next[lane]
            if not ended_task.cancelled():
                self._ended(number)

        task.add_done_callback(ended)

    async def finish(self, timeout: float) -> list[asyncio.Task[None]]:
        """Give what is under way `timeout` seconds to end; what does not."""
        if self.running:
            await asyncio.wait(self.running.values(), timeout=timeout)
        unfinished = list(self.running.values())
        if unfinished:
            _log.warning("handlers cancelled by the stop", extra={"updates": len(unfinished)})
        return unfinished

    async def _process(
        self, number: int, update: UpdateT, earlier: asyncio.Task[None] | None, following: _Next[UpdateT]
    ) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        if following.updates.pop(number, None) is None:
            return  # handled together with the one before
        work = await self._gathered(update, following)
        for tries in range(1 + self._trying.retries):
            if tries:
                await self._sleep(self._trying.first_retry * 2.0 ** (tries - 1) * self._vary(1.0, 1.5))
            try:
                async with asyncio.timeout(self._trying.handler_timeout):
                    await work()
                return
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                # Nobody cancelled this task: something in the handler was cancelled, which is a failure like any other.
                _log.warning("handler failed", extra=_described(number, error))
            except Exception as error:
                # Whatever a handler raises, the others go on. The text of an error may hold what a person wrote.
                _log.warning("handler failed", extra=_described(number, error))
        _log.error("update skipped: its handler keeps failing", extra={"update_id": number})

    async def _gathered(self, update: UpdateT, following: _Next[UpdateT]) -> Callable[[], Awaitable[object]]:
        """What is to be done with it, and with those that follow if they are parts of it. Something else that comes,
        such as a press, ends the wait at once.
        """
        gathering = self._gathering
        if gathering is None or not gathering.goes_on(update):
            return lambda: self._handle(update)
        parts = [update]
        while gathering.goes_on(parts[-1]):
            if not following.updates and not await following.more(gathering.quiet):
                break
            number, after = next(iter(following.updates.items()))
            if not gathering.is_part(after):
                break
            del following.updates[number]
            parts.append(after)
        return (lambda: self._handle(update)) if len(parts) == 1 else (lambda: gathering.handle(parts))


@dataclass
class _Next(Generic[UpdateT]):
    """What waits for its turn in a lane, by number, in the order in which it came."""

    updates: dict[int, UpdateT] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def more(self, seconds: float) -> bool:
        """Whether something comes within this time."""
        self.came.clear()
        try:
            async with asyncio.timeout(seconds):
                await self.came.wait()
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True)
class _Link:
    """The newest update of a lane, for the next one to wait for."""

    task: asyncio.Task[None]
    before: asyncio.Task[None] | None
    album: str


def _described(number: int, error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return {"update_id": number, "error": type(error).__name__, "place": place}
