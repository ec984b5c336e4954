"""Twenty callers at once, each with a matter of their own: none is lost, and none gets another's ticket."""

from __future__ import annotations

import asyncio
import io
import wave

import pytest

from backend.contract.models.tickets import TicketOut
from ivr.call import SAMPLE_RATE
from ivr.sip.settings import SipSettings
from tests.backend.city import Backend
from tests.ivr import recordings
from tests.ivr.calls.callers import presses
from tests.ivr.calls.exchange import Exchange, alike, digits, served
from tests.ivr.calls.hearing import likeness
from tests.ivr.calls.tap import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.alone]

CALLERS = 20
STORIES = recordings.names("story")


async def test_twenty_callers_at_once(backend: Backend, redis_url: str) -> None:
    """On a slow machine stories do not become text in time and calls lose frames, but each stays its caller's own."""
    numbers = [f"139000000{at:02}" for at in range(CALLERS)]
    assert SipSettings().max_calls == CALLERS
    async with served(backend, redis_url) as exchange:
        meeting = asyncio.Barrier(CALLERS)
        found = await asyncio.gather(*(_calls(exchange, at, number, meeting) for at, number in enumerate(numbers)))
        assert len({ticket.number for ticket in found}) == CALLERS
        assert {ticket.number for ticket in await exchange.tickets()} == {ticket.number for ticket in found}
        for at, ticket in enumerate(found):
            assert await _in_their_voice(exchange, ticket, at) > 0.4, at
    told = [_in_their_words(ticket, at) for at, ticket in enumerate(found)]
    assert max(told) > 0.6


async def _calls(exchange: Exchange, at: int, number: str, meeting: asyncio.Barrier) -> TicketOut:
    """Tells a story, then wants a human, of whom there is none: it becomes a ticket of the story."""
    async with exchange.packets(number) as (caller, told):
        await told.until("您要办什么")
        async with asyncio.timeout(PATIENCE):
            await meeting.wait()  # all are in a call now
        await presses("1")(caller)
        await told.until("请用一两句话")
        await caller.say(recordings.pcm(*_voice_and_story(at)))
        await told.next()
        await told.until("按一")  # one matter, or some to choose from
        await caller.press("0")
        said = await told.until("您的工单编号是")
        await caller.hang_up()
    ticket = await exchange.ticket_of(number)
    assert ticket.number in digits(said)
    assert ticket.callback
    return ticket


async def _in_their_voice(exchange: Exchange, ticket: TicketOut, at: int) -> float:
    """How like its recording is to what this caller said, at its best; other speech stays below 0.3."""
    async with exchange.backend.staff("seat-1").download(ticket.attachments[0].id) as download:
        wav = io.BytesIO(b"".join([chunk async for chunk in download.chunks]))
    with wave.open(wav) as file:
        heard = file.readframes(file.getnframes())
    own, half = recordings.pcm(*_voice_and_story(at)), SAMPLE_RATE
    return max(likeness(heard, own[start : start + half]) for start in range(0, len(own) - half, half))


def _in_their_words(ticket: TicketOut, at: int) -> float:
    """How like the ticket's text is to what this caller said. Raises AssertionError when it is another's."""
    _, own = _voice_and_story(at)
    likenesses = {name: alike(ticket.story, recordings.TRANSCRIPTS[name]) for name in STORIES}
    most = max(likenesses.values())
    assert likenesses[own] == most or most < 0.4, (ticket.story, own)
    return likenesses[own]


def _voice_and_story(at: int) -> tuple[str, str]:
    return recordings.VOICES[at % len(recordings.VOICES)], STORIES[at % len(STORIES)]
