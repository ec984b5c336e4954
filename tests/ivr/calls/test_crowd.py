"""Twenty callers at once, each with a matter of their own: none is lost, and none gets another's ticket."""

from __future__ import annotations

import asyncio

import pytest

from backend.contract.models import TicketOut
from ivr.sip.settings import SipSettings
from tests.backend.city import Backend
from tests.ivr import recordings
from tests.ivr.calls.callers import presses, says, talk
from tests.ivr.calls.exchange import Exchange, alike, digits, served

pytestmark = pytest.mark.slow

CALLERS = 20


async def test_twenty_callers_at_once(backend: Backend, redis_url: str) -> None:
    numbers = [f"139000000{at:02}" for at in range(CALLERS)]
    assert SipSettings().max_calls == CALLERS
    async with served(backend, redis_url) as exchange:
        meeting = asyncio.Barrier(CALLERS)
        found = await asyncio.gather(*(_calls(exchange, at, number, meeting) for at, number in enumerate(numbers)))
    assert len({ticket.number for ticket in found}) == CALLERS
    assert {ticket.number for ticket in await exchange.tickets()} == {ticket.number for ticket in found}


async def _calls(exchange: Exchange, at: int, number: str, meeting: asyncio.Barrier) -> TicketOut:
    """Tells a story, then wants a human, of whom there is none: it becomes a ticket of the story."""
    names = recordings.names("story")
    story, voice = names[at % len(names)], recordings.VOICES[at % len(recordings.VOICES)]
    async with exchange.packets(number) as (caller, told):
        await told.until("您要办什么")
        async with asyncio.timeout(60):
            await meeting.wait()  # all are in a call now
        await presses("1")(caller)
        await talk(caller, told, ("请用一两句话", says(recordings.TRANSCRIPTS[story], voice)))
        await told.next()
        await told.until("请按一")
        await caller.press("0")
        said = await told.until("您的工单编号是")
        await caller.hang_up()
    ticket = await exchange.ticket_of(number)
    assert ticket.number in digits(said)
    assert alike(ticket.story, recordings.TRANSCRIPTS[story]) > 0.8, (ticket.story, story)
    assert ticket.callback
    assert any(one.transcript and alike(one.transcript, ticket.story) > 0.9 for one in ticket.attachments)
    return ticket
