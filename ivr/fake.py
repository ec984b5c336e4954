"""A call in memory, for tests of what talks to callers: a script instead of a person, frames instead of a clock."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from ivr.audio import SILENCE, frames, loudness
from ivr.call import FRAMES_PER_SECOND, CallEvent, Caption, Ended, EndReason, TransferOutcome
from ivr.inbox import Inbox
from ivr.playout import Playout

_LOUD = -50.0
"""dB below full scale from which a frame counts as loud."""
_PATIENCE = 10
"""Frames of nothing after which a listening caller takes a prompt to be over."""


@dataclass(frozen=True)
class Say:
    pcm: bytes


@dataclass(frozen=True)
class Press:
    """Presses keys one after the other, a frame each."""

    digits: str


@dataclass(frozen=True)
class Wait:
    """Is silent for a time."""

    frames: int


@dataclass(frozen=True)
class Listen:
    """Is silent until something was played, and then nothing for 200 ms."""


@dataclass(frozen=True)
class HangUp:
    reason: EndReason = EndReason.HANGUP


Step = Say | Press | Wait | Listen | HangUp


@dataclass(frozen=True)
class Heard:
    """A frame that was played to the caller."""

    at: int
    """Frames since the call began."""
    frame: bytes

    @property
    def loud(self) -> bool:
        return loudness(self.frame) > _LOUD


class FakeCall:
    """Time passes only while somebody takes events or waits for `drained`, so a test is as fast as the code is.

    A caller whose script is over stays on the line in silence until `longest` frames have passed.
    """

    _numbers = itertools.count(1)

    def __init__(
        self,
        script: Iterable[Step] = (),
        *,
        caller: str | None = "+8613800000000",
        called: str | None = "12345",
        transfer: TransferOutcome = TransferOutcome.UNSUPPORTED,
        longest: int = 120 * FRAMES_PER_SECOND,
    ) -> None:
        self.id = f"fake-{next(self._numbers)}"
        self.caller = caller
        self.called = called
        self.transport = "fake"
        self.now = 0
        """Frames since the call began."""
        self.heard: list[Heard] = []
        self.presses: list[tuple[int, str]] = []
        """When which key was pressed, in frames."""
        self.flushes: list[int] = []
        """When `flush` was called, in frames."""
        self.captions: list[Caption] = []
        """What was shown to the caller."""
        self.transfers: list[str] = []
        self.hung_up = False
        """Whether this side ended the call."""
        self._script = deque(script)
        self._now_doing: deque[bytes | str] = deque()
        self._idle_from = 0
        self._listens_from: int | None = None
        self._transfer = transfer
        self._longest = longest
        self._playout = Playout()
        self._inbox = Inbox()

    # The caller's side.

    def will(self, *steps: Step) -> None:
        """Add to the script while the call runs."""
        self._script.extend(steps)

    @property
    def ended(self) -> Ended | None:
        return self._inbox.ended

    @property
    def idle(self) -> bool:
        """Whether the script is over."""
        return not self._script and not self._now_doing

    @property
    def heard_pcm(self) -> bytes:
        return b"".join(heard.frame for heard in self.heard)

    def last_loud(self, after: int = 0) -> int | None:
        """When the last loud frame from `after` on was played: how soon a barge-in was heeded."""
        return max((heard.at for heard in self.heard if heard.at >= after and heard.loud), default=None)

    # What the talk sees.

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = self._inbox.take()
            if event is not None:
                yield event
                if isinstance(event, Ended):
                    return
                continue
            if self._inbox.ended is not None:
                return
            await asyncio.sleep(0)  # whoever plays or hangs up meanwhile gets a turn in each frame
            self._step()

    @property
    def behind(self) -> int:
        return self._inbox.behind

    def play(self, pcm: bytes) -> None:
        self._playout.play(pcm)

    def flush(self) -> None:
        self.flushes.append(self.now)
        self._playout.flush()

    async def drained(self) -> None:
        while self._playout.busy:
            await asyncio.sleep(0)
            self._step()

    def show(self, caption: Caption) -> None:
        if self._inbox.ended is None:
            self.captions.append(caption)

    async def transfer(self, target: str) -> TransferOutcome:
        self.transfers.append(target)
        if self._transfer is TransferOutcome.ACCEPTED:
            self._end(EndReason.HANGUP)
        return self._transfer

    async def hangup(self) -> None:
        if self._inbox.ended is None:
            self.hung_up = True
            self._end(EndReason.HANGUP)

    # One frame of time.

    def _step(self) -> None:
        if self._inbox.ended is not None:
            return
        self.now += 1
        for frame in self._playout.tick():
            self.heard.append(Heard(self.now, frame))
            self._idle_from = self.now + 1
        if self.now > self._longest:
            self._end(EndReason.MAX_DURATION)
            return
        self._act()

    def _act(self) -> None:
        if not self._now_doing and self._script:
            self._begin(self._script[0])
        if self._inbox.ended is not None:
            return
        doing = self._now_doing.popleft() if self._now_doing else SILENCE
        if isinstance(doing, str):
            self.presses.append((self.now, doing))
            self._inbox.pressed(doing)
            doing = SILENCE
        self._inbox.heard(doing)

    def _begin(self, step: Step) -> None:
        match step:
            case Say(pcm):
                self._now_doing.extend(frames(pcm))
            case Press(digits):
                self._now_doing.extend(digits)
            case Wait(count):
                self._now_doing.extend([SILENCE] * count)
            case Listen():
                if not self._listened():
                    return
            case HangUp(reason):
                self._end(reason)
        self._script.popleft()

    def _listened(self) -> bool:
        if self._listens_from is None:
            self._listens_from = self.now
        if self._idle_from < self._listens_from or self.now - self._idle_from < _PATIENCE:
            return False
        self._listens_from = None
        return True

    def _end(self, reason: EndReason) -> None:
        self._inbox.end(reason)
        self._playout.close()
