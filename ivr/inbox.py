"""The events of one call on their way to whoever talks to the caller."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from ivr.audio import SILENCE
from ivr.call import Audio, CallEvent, Digit, Ended, EndReason

_MOST_AUDIO = 500
"""Frames kept for a consumer that is behind (10 s); then the oldest go, so that live audio stays live."""
_MOST_DIGITS = 500
"""Keys kept for it: more than fingers press in the longest time it can be busy; further ones are a flood."""
_TOLERANCE = 3
"""Frames that audio may be late before the gap is filled; odd packet times and jitter stay within it."""


class Inbox:
    """Events in order, with the gaps of lost packets filled: `tick` is called once a frame time."""

    def __init__(self) -> None:
        self._events: deque[CallEvent] = deque()
        self._audio = 0
        self._digits = 0
        self._behind = 0
        self._news = asyncio.Event()
        self._ended: Ended | None = None
        self.padded = 0
        """Frames of silence put in for lost ones."""
        self.dropped = 0
        """Frames the consumer was too slow for."""

    @property
    def ended(self) -> Ended | None:
        return self._ended

    @property
    def behind(self) -> int:
        """Frames that wait for the consumer."""
        return self._audio

    def heard(self, frame: bytes) -> None:
        # What comes after its gap was filled is kept all the same: it is speech, only late.
        self._behind = max(self._behind - 1, -_TOLERANCE)
        self._put(Audio(frame))

    def pressed(self, digit: str) -> None:
        if self._digits < _MOST_DIGITS:
            self._put(Digit(digit))

    def end(self, reason: EndReason) -> None:
        """The first reason counts."""
        if self._ended is None:
            ended = Ended(reason)
            self._put(ended)
            self._ended = ended

    def tick(self) -> None:
        """A frame time has passed."""
        self._behind += 1
        if self._behind > _TOLERANCE and self._ended is None:
            self.padded += 1
            self._behind -= 1
            self._put(Audio(SILENCE))

    def take(self) -> CallEvent | None:
        """The next event if there is one."""
        if not self._events:
            return None
        event = self._events.popleft()
        self._audio -= isinstance(event, Audio)
        self._digits -= isinstance(event, Digit)
        return event

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = self.take()
            if event is None:
                if self._ended is not None:
                    return
                self._news.clear()
                await self._news.wait()
                continue
            yield event
            if isinstance(event, Ended):
                return

    def _put(self, event: CallEvent) -> None:
        if self._ended is not None:
            return
        if isinstance(event, Audio):
            if self._audio >= _MOST_AUDIO:
                self._drop_oldest()
            self._audio += 1
        self._digits += isinstance(event, Digit)
        self._events.append(event)
        self._news.set()

    def _drop_oldest(self) -> None:
        at = next(place for place, event in enumerate(self._events) if isinstance(event, Audio))
        del self._events[at]
        self._audio -= 1
        self.dropped += 1
