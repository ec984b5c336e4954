"""Calls go one at a time in each chat, replies first, and are made again when the messenger says that may help."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.messenger.errors import Abandoned, Flooded, Refused, Unreachable
from bot.messenger.outgoing import Outgoing, Priority
from bot.messenger.pace import UNPACED


class Wire:
    """Takes calls once the gate is open, and notes them; each name fails as often as its errors go."""

    def __init__(self, **errors: list[Exception]) -> None:
        self.made: list[str] = []
        self.gate = asyncio.Event()
        self._errors = errors

    async def call(self, name: str) -> str:
        await self.gate.wait()
        self.made.append(name)
        if self._errors.get(name):
            raise self._errors[name].pop(0)
        return name


def outgoing() -> Outgoing:
    async def no_pause(_seconds: float) -> None:
        await asyncio.sleep(0)

    return Outgoing(UNPACED, sleep=no_pause)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_reply_goes_before_notices_that_waited_longer() -> None:
    wire, out = Wire(), outgoing()
    sending = []
    for name, priority in (("first", Priority.NOTICE), ("notice", Priority.NOTICE), ("reply", Priority.REPLY)):
        sending.append(asyncio.create_task(out.put("chat", partial(wire.call, name), priority=priority)))
        await settled()
    wire.gate.set()
    assert await asyncio.gather(*sending) == ["first", "notice", "reply"]
    assert wire.made == ["first", "reply", "notice"]


async def test_what_puts_nothing_into_the_chat_does_not_queue() -> None:
    wire, out = Wire(), outgoing()
    held = asyncio.create_task(out.put("chat", asyncio.Event().wait))
    await settled()
    wire.gate.set()
    assert await out.put("chat", partial(wire.call, "at once"), weight=0) == "at once"
    held.cancel()
    await out.drain(0)


async def test_a_call_is_made_again_after_a_flood_and_after_silence_and_a_refusal_is_final() -> None:
    wire = Wire(again=[Flooded("slowly", 1.0), Unreachable("nobody there")], wrong=[Refused("never")])
    wire.gate.set()
    out = outgoing()
    assert await out.put("chat", partial(wire.call, "again")) == "again"
    with pytest.raises(Refused):
        await out.put("chat", partial(wire.call, "wrong"))
    assert wire.made == ["again"] * 3 + ["wrong"]


async def test_what_is_left_at_the_end_is_abandoned() -> None:
    out = outgoing()
    tasks = [asyncio.create_task(out.put("chat", asyncio.Event().wait)) for _ in range(2)]
    await settled()
    assert await out.drain(0) == 2
    assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [Abandoned, Abandoned]
