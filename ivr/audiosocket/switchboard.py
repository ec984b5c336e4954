"""Calls under way in this process: each with its talk, all on one clock, ended in good order."""

from __future__ import annotations

import asyncio
import logging

from ivr.audiosocket.call import StreamCall
from ivr.audiosocket.codec import Kind, Message
from ivr.call import CallHandler, EndReason
from ivr.pacer import Pacer

log = logging.getLogger(__name__)

_STOPPING_SECONDS = 5.0
"""For talks to finish once their calls were ended."""


class Switchboard:
    """Gives each call to `on_call` in a task of its own."""

    def __init__(self, on_call: CallHandler) -> None:
        self._on_call = on_call
        self._pacer = Pacer()
        self._calls: dict[str, StreamCall] = {}
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._calls)

    async def carry(self, call: StreamCall, first: list[Message]) -> None:
        """Returns when the call has ended; its talk may go on a little, to file what was said."""
        self._calls[call.id] = call
        self._pacer.add(call.turn)
        talk = asyncio.create_task(self._talk(call), name=f"talk {call.id}")
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        try:
            await call.run(first)
        finally:
            self._pacer.remove(call.turn)
            del self._calls[call.id]

    async def stop(self, drain_seconds: float) -> None:
        """Let calls under way finish for a while, then end the rest."""
        if drain_seconds and self._talks:
            await asyncio.wait(self._talks, timeout=drain_seconds)
        for call in tuple(self._calls.values()):
            call.end(EndReason.CANCELLED)
        if self._talks:
            _, late = await asyncio.wait(self._talks, timeout=_STOPPING_SECONDS)
            for talk in late:
                talk.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._pacer.stop()

    async def _talk(self, call: StreamCall) -> None:
        log.info("call began", extra={"action": "call_began", "call": call.id, "transport": call.transport})
        try:
            await self._on_call(call)
        except Exception:
            # Where a dialplan follows, an error message makes it pass the caller on to a person.
            log.exception("the talk failed", extra={"action": "call_failed", "call": call.id})
            call.end(EndReason.ERROR, Kind.ERROR)
        finally:
            call.end(EndReason.HANGUP)
