"""The single way out to a messenger: a queue that keeps its limits, and an order within each chat."""

from __future__ import annotations

import asyncio
import enum
import heapq
import itertools
import logging
import random
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.messenger.errors import Abandoned, Flooded, Unreachable
from bot.messenger.pace import SendingLimits, TokenBucket, Window

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

_SWEEP_SECONDS = 30.0


class Priority(enum.IntEnum):
    """Who waits for the message; the smaller goes first."""

    REPLY = 0
    """A person who has just done something."""
    NOTICE = 1
    """Nobody in particular."""


class Outgoing:
    """Makes a bot's calls, one at a time in each chat, replies before notices.

    Time comes from ``clock`` (monotonic seconds) and ``sleep``. All waiting is in ``put``: a caller that wants to go
    on meanwhile starts a task.
    """

    def __init__(
        self,
        limits: SendingLimits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vary: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._vary = vary
        self._overall = TokenBucket(self._limits.overall_rate, self._limits.overall_burst)
        self._paused_until = 0.0
        self._lanes: dict[Hashable, _Lane] = {}
        self._ready: list[tuple[int, int, _Lane]] = []
        self._later: list[tuple[float, int, _Lane]] = []
        self._numbers = itertools.count()
        self._wake = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._next_sweep = 0.0

    async def put(
        self,
        chat: Hashable,
        call: Callable[[], Awaitable[_T]],
        *,
        group: bool = False,
        weight: int = 1,
        priority: Priority = Priority.REPLY,
    ) -> _T:
        """Make the call in its turn and give its result.

        `weight` is how many messages it counts for. One of 0 puts nothing into the chat and would come too late in the
        queue: it goes at once. The call raises Flooded or Unreachable for what may pass, and is made again. Raises what
        it raises at last, and Abandoned. If the caller is cancelled before the turn comes, nothing is sent.
        """
        lane = self._lane(chat, group=group)
        if lane.flooded_until - self._clock() > self._limits.longest_wait:
            raise Flooded("flood wait", lane.flooded_until - self._clock())
        job = _Job(call, asyncio.get_running_loop().create_future(), int(priority), next(self._numbers), weight)
        if not weight:
            self._begin(lane, job, paced=False)
        else:
            heapq.heappush(lane.jobs, (job.priority, job.number, job))
            self._offer(lane)
            self._wake_up()
        result: _T = await job.outcome
        return result

    @property
    def backlog(self) -> int:
        """Calls waiting for their turn or under way."""
        return len(self._waiting()) + len(self._calls)

    @property
    def chats(self) -> int:
        """Chats whose pace is remembered."""
        return len(self._lanes)

    async def drain(self, timeout: float) -> int:
        """Wait until nothing is left, at most ``timeout`` seconds of the event loop's time; then abandon the rest
        (their senders get Abandoned) and give its number. Stop what calls ``put`` first."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while self.backlog and (remaining := deadline - loop.time()) > 0:
            await asyncio.wait([*(job.outcome for job in self._waiting()), *self._calls], timeout=remaining)
        left = self.backlog
        for job in self._waiting():
            job.fail(Abandoned("shut down"))
        tasks = [*self._calls, *([self._loop_task] if self._loop_task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        self._ready.clear()
        self._later.clear()
        return left

    def _waiting(self) -> list[_Job]:
        return [job for lane in self._lanes.values() for _, _, job in lane.jobs if not job.outcome.done()]

    def _lane(self, chat: Hashable, *, group: bool) -> _Lane:
        self._sweep(self._clock())
        lane = self._lanes.get(chat)
        if lane is None:
            pace = TokenBucket(self._limits.chat_rate, self._limits.chat_burst)
            group_pace = Window(self._limits.group_count, self._limits.group_seconds) if group else None
            lane = self._lanes[chat] = _Lane(pace, group_pace)
        return lane

    def _offer(self, lane: _Lane) -> None:
        """Put an idle lane where the loop looks: among those whose time has come, or those to look at later."""
        while lane.jobs and lane.jobs[0][2].outcome.done():
            heapq.heappop(lane.jobs)
        if lane.busy or not lane.jobs:
            return
        now = self._clock()
        wait = lane.wait(now)
        if wait > 0:
            heapq.heappush(self._later, (now + wait, next(self._numbers), lane))
        else:
            priority, number, _ = lane.jobs[0]
            heapq.heappush(self._ready, (priority, number, lane))

    def _wake_up(self) -> None:
        self._wake.set()
        if self._loop_task is None or self._loop_task.done():
            self._loop_task = asyncio.create_task(self._run(), name="outgoing")

    async def _run(self) -> None:
        """Begin calls as their time comes; ends when nothing waits."""
        while True:
            self._wake.clear()
            now = self._clock()
            while self._later and self._later[0][0] <= now:
                self._offer(heapq.heappop(self._later)[2])
            lane = self._next_ready(now)
            if lane is None and not self._later:
                return
            if lane is not None:
                wait = max(self._overall.wait(now), self._paused_until - now)
                if wait <= 0:
                    self._begin(lane, heapq.heappop(lane.jobs)[2], paced=True)
                    continue
            else:
                wait = self._later[0][0] - now
            await self._wait(wait)

    def _next_ready(self, now: float) -> _Lane | None:
        """The lane whose first call goes next; entries that are no longer true are dropped."""
        while self._ready:
            priority, number, lane = self._ready[0]
            if not lane.busy and lane.jobs and lane.jobs[0][:2] == (priority, number) and lane.wait(now) <= 0:
                if not lane.jobs[0][2].outcome.done():
                    return lane
                self._offer(lane)
                continue
            heapq.heappop(self._ready)
        return None

    async def _wait(self, seconds: float) -> None:
        slept = asyncio.ensure_future(self._sleep(seconds))
        woken = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait((slept, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            slept.cancel()
            woken.cancel()

    def _begin(self, lane: _Lane, job: _Job, *, paced: bool) -> None:
        if paced:
            now = self._clock()
            lane.busy = True
            self._overall.take(now, job.weight)
            lane.pace.take(now)
            if lane.group_pace is not None:
                lane.group_pace.take(now, job.weight)
        task = asyncio.create_task(self._call(lane, job, paced=paced))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, lane: _Lane, job: _Job, *, paced: bool) -> None:
        again: float | None = None
        try:
            again = await self._try(lane, job)
            while again is not None and not paced:
                await self._sleep(again)
                again = await self._try(lane, job)
        except asyncio.CancelledError:
            job.fail(Abandoned("shut down during the call"))
            raise
        except Exception as error:
            # What else fails, such as a file that cannot be read, is for the caller to know.
            job.fail(error)
        finally:
            if paced:
                self._release(lane, job, again)

    async def _try(self, lane: _Lane, job: _Job) -> float | None:
        """Make the call once. Seconds until the next try; None when the outcome is settled."""
        job.tries += 1
        try:
            job.succeed(await job.call())
        except Flooded as error:
            return self._after_flood(lane, job, error.retry_after)
        except Unreachable as error:
            return self._after_failure(job, error.description)
        return None

    def _release(self, lane: _Lane, job: _Job, again: float | None) -> None:
        lane.busy = False
        if again is not None:
            lane.held_until = max(lane.held_until, self._clock() + again)
            heapq.heappush(lane.jobs, (job.priority, job.number, job))
        self._offer(lane)
        self._wake_up()

    def _after_flood(self, lane: _Lane, job: _Job, wait: float) -> float | None:
        now = self._clock()
        longest = self._limits.longest_wait
        # It does not say which limit was hit. Two chats held back at once mean the one over all chats.
        everywhere = any(other.flooded_until > now for other in self._lanes.values() if other is not lane)
        lane.flooded_until = max(lane.flooded_until, now + wait)
        if everywhere:
            self._paused_until = max(self._paused_until, now + min(wait, longest))
        _log.warning("the messenger asks to wait", extra={"seconds": wait, "everywhere": everywhere})
        job.flooded_for += wait
        if job.flooded_for <= longest:
            return wait
        job.fail(Flooded("flood wait", wait))
        if wait > longest:
            for _, _, queued in lane.jobs:
                queued.fail(Flooded("flood wait", wait))
        return None

    def _after_failure(self, job: _Job, reason: str) -> float | None:
        limits = self._limits
        if job.tries >= limits.attempts:
            _log.warning("the messenger cannot be reached", extra={"reason": reason, "tries": job.tries})
            job.fail(Unreachable(reason))
            return None
        backoff = min(limits.last_backoff, limits.first_backoff * 2.0 ** (job.tries - 1))
        return backoff * self._vary(0.5, 1.0)

    def _sweep(self, now: float) -> None:
        """Forget the chats whose pace has nothing left to remember."""
        if now < self._next_sweep:
            return
        self._next_sweep = now + _SWEEP_SECONDS
        self._lanes = {chat: lane for chat, lane in self._lanes.items() if not lane.is_idle(now)}


@dataclass
class _Job:
    call: Callable[[], Awaitable[Any]]
    outcome: asyncio.Future[Any]
    priority: int
    number: int
    weight: int
    """Messages that will be counted."""
    tries: int = 0
    flooded_for: float = 0.0
    """Seconds that the messenger made it wait, in sum."""

    def succeed(self, result: Any) -> None:
        if not self.outcome.done():
            self.outcome.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


@dataclass(eq=False)
class _Lane:
    """The queue of one chat."""

    pace: TokenBucket
    group_pace: Window | None
    jobs: list[tuple[int, int, _Job]] = field(default_factory=list)
    busy: bool = False
    held_until: float = 0.0
    flooded_until: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the first call may go."""
        wait = max(self.held_until - now, self.flooded_until - now, self.pace.wait(now), 0.0)
        if self.group_pace is not None and self.jobs:
            wait = max(wait, self.group_pace.wait(now, self.jobs[0][2].weight))
        return wait

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this lane would change nothing."""
        at_rest = not self.busy and not self.jobs and max(self.held_until, self.flooded_until) <= now
        return at_rest and self.pace.is_idle(now) and (self.group_pace is None or self.group_pace.is_idle(now))
