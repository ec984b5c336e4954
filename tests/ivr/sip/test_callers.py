"""A caller of another make calls, is called, hears, presses, holds, and hangs up."""

import asyncio

import pytest

from ivr.audio import frames, loudness, silence, tone
from ivr.call import EndReason
from tests.ivr.contract import CALLER, LOUD, Events, loud_frames
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import workers
from tests.ivr.sip.phone import free_port
from tests.ivr.softphone import needs_baresip, softphone

pytestmark = needs_baresip

NUMBER = "13912345678"
SAYS = silence(0.5) + tone(700, 20)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_baresip_calls_hears_presses_and_hangs_up(transport: str) -> None:
    """The tone it hears ends when it presses a key."""
    desk, port = Desk(), free_port()
    async with workers(desk, port), softphone(NUMBER, says=SAYS, transport=transport) as phone:
        await phone.dial(port, transport=transport)
        call = await desk.call()
        assert call.caller == CALLER
        events = Events(call)
        call.play(tone(440, 30))
        await events.hears(40)
        await asyncio.sleep(0.7)
        await phone.press("5")
        await events.presses("5")
        call.flush()
        await asyncio.sleep(0.7)
        await phone.hang_up()
        assert await events.ended() is EndReason.HANGUP
        assert events.digits == "5"
    loud = [loudness(frame) > LOUD for frame in frames(phone.heard)]
    assert sum(loud) >= 45
    assert not any(loud[-15:])


async def test_baresip_holds_and_comes_back() -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port, rtp_timeout=2), softphone(NUMBER, says=SAYS) as phone:
        await phone.dial(port)
        events = Events(await desk.call())
        await events.hears(10)
        await phone.command("hold")
        await asyncio.sleep(2)
        held = len(events.audio)
        await asyncio.sleep(0.5)
        assert loud_frames(events.audio[held:]) == 0
        await phone.command("resume")
        await events.hears(25, since=held)
        await phone.hang_up()
        assert await events.ended() is EndReason.HANGUP


async def test_baresip_is_called() -> None:
    async with workers(Desk(), free_port()) as running, softphone(NUMBER, says=SAYS) as phone:
        dialling = asyncio.create_task(running.dial(f"sip:{NUMBER}@{phone.place}"))
        await phone.until("CALL_INCOMING")
        assert not dialling.done()
        await phone.answer()
        call = await dialling
        assert call.caller == CALLER
        events = Events(call)
        await events.hears(20)
        await call.hangup()
        assert await events.ended() is EndReason.HANGUP
