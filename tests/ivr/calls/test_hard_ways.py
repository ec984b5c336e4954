"""Calls that do not go by the book: silence, interruptions, hanging up, a human who is there and one who is not."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from backend.contract.words import TicketState
from ivr.audio import loudness
from ivr.talk import conversation
from tests.backend.city import Backend
from tests.ivr.calls.callers import at_once, listens, presses, says, talk
from tests.ivr.calls.exchange import Exchange, alike, served
from tests.ivr.calls.hearing import digits_in
from tests.ivr.calls.speech import sound
from tests.ivr.calls.tap import PATIENCE
from tests.ivr.contract import LOUD
from tests.ivr.sip import g711
from tests.ivr.sip.desk import waiting
from tests.ivr.sip.phone import Phone
from tests.ivr.softphone import needs_baresip

pytestmark = pytest.mark.slow

STORY = "隔壁工地夜里施工噪音很大，员工休息不好。"


@needs_baresip
async def test_silence_hanging_up_and_interruptions(
    backend: Backend, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "WAITS", (3.0, 3.5, 4.0))
    async with served(backend, redis_url) as exchange:
        await at_once(
            _falls_silent(exchange, "13912345621"),
            _hangs_up_midway(exchange, "13912345622"),
            _interrupts(exchange, "13912345623"),
            _writes_the_number_down(exchange, "13912345626"),
        )


async def _falls_silent(exchange: Exchange, number: str) -> None:
    """Asked again, then by keys only; then what was told is filed, for a seat to call back."""
    async with exchange.caller(number) as (caller, told):
        await talk(caller, told, ("您要办什么", says("企业服务")), ("请用一两句话", says(STORY)))
        for words in ("您要说的是", "没有听到您的声音", "请按键选择", "没有人工可以接听", "您的工单编号是"):
            await told.until(words)
        await caller.hang_up()
    ticket = await exchange.ticket_of(number)
    assert ticket.callback
    assert alike(ticket.story, STORY) > 0.8


async def _hangs_up_midway(exchange: Exchange, number: str) -> None:
    """What was said until then becomes a ticket, for a seat to call back."""
    async with exchange.caller(number) as (caller, told):
        await talk(
            caller,
            told,
            ("您要办什么", presses("1")),
            ("请用一两句话", says(STORY)),
            ("您要说的是", presses("1")),
            ("对方叫什么名字", presses("#")),
            ("对方在哪个区县", presses("1")),
        )
        await told.until("哪个镇或者街道")
        await caller.hang_up()
    ticket = await exchange.filed_by(number)
    assert (ticket.scenario, ticket.state) == ("noise-next-door", TicketState.SUBMITTED)
    assert ticket.callback
    assert {one.field: one.value for one in ticket.answers}["nuisance"] == "noise"


async def _interrupts(exchange: Exchange, number: str) -> None:
    """The prompt's sound ends before the caller has said two words, and at once when a key is pressed."""
    async with exchange.packets(number) as (caller, told):
        await told.until("您要办什么")
        await _hears_speech(caller)
        began = _now()
        await caller.say(sound("查询进度"))
        spoken = _now()
        assert await _last_loud(caller, began) - spoken <= 0.5
        await told.until("工单编号")
        after_keys = []
        for _ in range(3):
            await _hears_speech(caller)
            pressed = _now()
            await caller.press("1")
            after_keys.append(await _last_loud(caller, pressed) - pressed)
            await caller.press("*")
        assert min(after_keys) <= 0.1, after_keys
        assert max(after_keys) <= 1, after_keys
        await caller.hang_up()


async def _writes_the_number_down(exchange: Exchange, number: str) -> None:
    """What comes over the line is understood by a recogniser: the ticket's number, twice; then the phone hangs up."""
    async with exchange.packets(number) as (caller, told):
        await talk(caller, told, ("您要办什么", presses("0")), ("您的工单编号是", listens))
        start = len(caller.heard())
        async with asyncio.timeout(PATIENCE):
            await caller.hung_up_on()
        heard = await asyncio.to_thread(digits_in, caller.heard()[start:])
    ticket = (await exchange.ticket_of(number)).number
    assert ticket in heard, heard
    assert heard.count(ticket[-8:]) == 2, heard


async def _hears_speech(caller: Phone, frames: int = 25) -> None:
    """Until half a second of a prompt has come in."""
    async with asyncio.timeout(PATIENCE):
        start = len(caller.packets)
        while sum(_loud(packet) for _, packet in caller.packets[start:]) < frames:  # noqa: ASYNC110 - packets come in
            await asyncio.sleep(0.02)


async def _last_loud(caller: Phone, since: float) -> float:
    """When the last loud packet came, before a pause of 300 ms."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await asyncio.sleep(0.1)
            times = [since, *(when for when, packet in caller.packets if when > since and _loud(packet))]
            for earlier, later in pairwise([*times, _now()]):
                if later - earlier > 0.3:
                    return earlier


def _now() -> float:
    return asyncio.get_running_loop().time()


def _loud(packet: bytes) -> bool:
    return packet[1] & 0x7F == g711.A_LAW and loudness(g711.decode(packet[12:])) > LOUD


@needs_baresip
async def test_a_human_is_asked_for_and_takes_the_caller_or_not(backend: Backend, redis_url: str) -> None:
    """Debian's baresip carries out the REFER; the seat is a telephone of packets."""
    async with (
        waiting() as seat,
        served(backend, redis_url, seat=f"sip:seat@{seat.place}") as exchange,
    ):
        seat.invite_status = 486
        async with exchange.caller("13912345624") as (caller, told):
            await talk(caller, told, ("您要办什么", says("转人工")), ("正在为您转接", listens))
            await told.until("没有人工可以接听")
            await told.until("您的工单编号是")
            await caller.hang_up()
        ticket = await exchange.ticket_of("13912345624")
        assert ticket.callback
        seat.invite_status = 200
        seat.invited.clear()
        async with exchange.caller("13912345625") as (caller, told):
            await talk(caller, told, ("您要办什么", presses("0")), ("正在为您转接", listens))
            async with asyncio.timeout(PATIENCE):
                await seat.invited.wait()
            await _until_heard(seat)
        own = await backend.client.acting_as("phone:+8613912345625").list_tickets()
        assert not own.items
        assert "没有人工可以接听" not in told.said


async def _until_heard(seat: Phone) -> None:
    """Until the caller's sound reaches the seat."""
    async with asyncio.timeout(PATIENCE):
        while not seat.packets:  # noqa: ASYNC110 - packets come in
            await asyncio.sleep(0.02)
