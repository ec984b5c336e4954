"""A call out on its way: whether it rings, is answered, or ends before."""

from __future__ import annotations

import asyncio

from baresip import Event, StackEvent
from baresip.errors import split_status

from ivr.sip.dialling import NotReached, reason

_FIRST_WORD_SECONDS = 4.0


class Outcomes:
    """Listens to an agent from before it dials: the stack may report a call's end before the call is in our hands."""

    def __init__(self) -> None:
        self._rang: set[int] = set()
        self._answered: set[int] = set()
        self._closed: dict[int, str] = {}
        self._unwanted = False
        self._news = asyncio.Event()

    def __call__(self, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_RINGING | Event.CALL_PROGRESS:
                self._rang.add(event.call)
            case Event.CALL_ESTABLISHED:
                self._answered.add(event.call)
            case Event.CALL_CLOSED:
                self._closed[event.call] = event.text or ""
        self._news.set()

    def give_up(self) -> None:
        """Nobody waits for the answer any more."""
        self._unwanted = True
        self._news.set()

    async def answered(self, call: int, seconds: float) -> None:
        """Wait until the call is answered. Raises NotReached.

        One that was given up before the far end said a word is waited for a little: until then there is nothing that
        could be cancelled (RFC 3261, 9.1), and a telephone would ring for nobody.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds) as limit:
                while not self._settled(call):
                    self._news.clear()
                    await self._news.wait()
                    if self._unwanted:
                        limit.reschedule(min(limit.when() or 0.0, loop.time() + _FIRST_WORD_SECONDS))
        except TimeoutError:
            raise NotReached(reason(None, rang=call in self._rang)) from None
        if self._unwanted:
            raise NotReached(reason(None, rang=True))
        if call in self._closed:
            status, _ = split_status(self._closed[call])
            raise NotReached(reason(status, rang=call in self._rang), status)

    def _settled(self, call: int) -> bool:
        return call in self._answered or call in self._closed or (self._unwanted and call in self._rang)
