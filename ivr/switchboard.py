"""Calls under way in this process: each with its talk, all on one clock, ended in good order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

from ivr.call import CallHandler, EndReason, MediaCall
from ivr.pacer import Pacer

log = logging.getLogger(__name__)

_STOPPING_SECONDS = 25.0
"""For talks to finish once their calls were ended: a story may take twenty to become text before it is filed."""


class LiveCall(MediaCall, Protocol):
    """A MediaCall as its transport makes it."""

    def turn(self) -> None:
        """A frame time has passed."""
        ...

    def end(self, reason: EndReason) -> None:
        """End the call and tell the other end; the first reason counts."""
        ...

    def fail(self) -> None:
        """End the call because its talk broke off, so that a dialplan behind it passes the caller on to a person."""
        ...


class Switchboard:
    """Gives each call to `on_call` in a task of its own."""

    def __init__(self, on_call: CallHandler) -> None:
        self._on_call = on_call
        self._pacer = Pacer()
        self._calls: dict[str, LiveCall] = {}
        self._talks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._calls)

    async def carry(self, call: LiveCall, running: Coroutine[Any, Any, None], *, taken: bool = False) -> None:
        """`running` carries the call's media and returns when the call has ended, and so does this; the talk may go on
        a little, to file what was said. `taken`: whoever called out talks, so there is no talk here.
        """
        self._calls[call.id] = call
        self._empty.clear()
        self._pacer.add(call.turn)
        if not taken:
            talk = asyncio.create_task(self._talk(call), name=f"talk {call.id}")
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        try:
            await running
        finally:
            self._pacer.remove(call.turn)
            del self._calls[call.id]
            if not self._calls:
                self._empty.set()

    async def stop(self, drain_seconds: float) -> None:
        """Let calls under way, ours to others too, finish for a while, then end the rest."""
        if drain_seconds:
            with suppress(TimeoutError):
                async with asyncio.timeout(drain_seconds):
                    await self._empty.wait()
        for call in tuple(self._calls.values()):
            call.end(EndReason.CANCELLED)
        if self._talks:
            _, late = await asyncio.wait(self._talks, timeout=_STOPPING_SECONDS)
            for talk in late:
                talk.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._pacer.stop()

    async def _talk(self, call: LiveCall) -> None:
        log.info("call began", extra={"action": "call_began", "call": call.id, "transport": call.transport})
        try:
            await self._on_call(call)
        except Exception:
            log.exception("the talk failed", extra={"action": "call_failed", "call": call.id})
            call.fail()
        finally:
            call.end(EndReason.HANGUP)
