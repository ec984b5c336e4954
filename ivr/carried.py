"""What calls of every transport have in common: a queue each way, a clock of frames, and an end that is logged."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import ClassVar

from ivr.audio import Framer
from ivr.call import FRAMES_PER_SECOND, CallEvent, Caption, EndReason
from ivr.inbox import Inbox
from ivr.playout import Playout

log = logging.getLogger(__name__)


class CarriedCall(ABC):
    """The part of a MediaCall that knows no transport. A transport fills `_inbox` and empties `_playout`."""

    transport: ClassVar[str]

    def __init__(self, *, id: str, caller: str | None, called: str | None, max_seconds: float, lead: int = 1) -> None:
        """`max_seconds`: the longest the call lasts; `lead`: as of Playout."""
        self.id = id
        self.caller = caller
        self.called = called
        self._most_frames = int(max_seconds * FRAMES_PER_SECOND)
        self._framer = Framer()
        self._inbox = Inbox()
        self._playout = Playout(lead)
        self._elapsed = 0
        """Frames since the call began."""
        self._over = asyncio.Event()
        self._began = time.monotonic()

    def events(self) -> AsyncIterator[CallEvent]:
        return self._inbox.events()

    @property
    def behind(self) -> int:
        return self._inbox.behind

    def play(self, pcm: bytes) -> None:
        self._playout.play(pcm)

    def flush(self) -> None:
        self._playout.flush()

    async def drained(self) -> None:
        await self._playout.drained()

    def show(self, caption: Caption) -> None:  # noqa: B027 - a telephone has no screen
        """Nothing, unless the transport has a screen."""

    async def hangup(self) -> None:
        self.end(EndReason.HANGUP)

    @property
    def ended(self) -> EndReason | None:
        return None if self._inbox.ended is None else self._inbox.ended.reason

    @abstractmethod
    def end(self, reason: EndReason) -> None:
        """End the call and tell the other end; the first reason counts."""

    def _finish(self, reason: EndReason) -> bool:
        """Close both queues and write the end down; False when the call was over already."""
        if self._inbox.ended is not None:
            return False
        self._inbox.end(reason)
        self._playout.close()
        self._over.set()
        log.info(
            "call ended",
            extra={
                "action": "call_ended",
                "call": self.id,
                "transport": self.transport,
                "reason": reason,
                "seconds": round(time.monotonic() - self._began, 1),
                "padded": self._inbox.padded,
                "dropped": self._inbox.dropped,
            },
        )
        return True

    def _tick(self) -> list[bytes]:
        """A frame time has passed: what leaves now."""
        self._elapsed += 1
        self._inbox.tick()
        return self._playout.tick()

    @property
    def _too_long(self) -> bool:
        return self._elapsed >= self._most_frames
