"""A caller of another make calls, is called, hears, presses, holds, and hangs up."""

import asyncio
from pathlib import Path

import pytest

from ivr.audio import loudness, tone
from ivr.call import Audio, Digit, EndReason, MediaCall
from tests.ivr.contract import CALLER, LOUD, PATIENCE, Events, loud_frames
from tests.ivr.sip.desk import Desk, workers
from tests.ivr.sip.phone import free_port
from tests.ivr.sip.softphone import needs_baresip, softphone

pytestmark = needs_baresip


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_baresip_calls_hears_presses_and_hangs_up(tmp_path: Path, transport: str) -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port), softphone(tmp_path, transport=transport) as phone:
        phone("dial", f"sip:12345@127.0.0.1:{port};transport={transport}")
        call = await desk.call()
        assert call.caller == CALLER
        heard = asyncio.create_task(_talk(call))
        await asyncio.sleep(1.5)
        phone("sndcode", "5")
        await asyncio.sleep(0.7)
        phone("hangup")
        async with asyncio.timeout(PATIENCE):
            digits, audio, reason = await heard
    assert digits == "5"
    assert reason is EndReason.HANGUP
    assert loud_frames(audio) >= 40
    recorded = phone.heard()
    loud = [loudness(recorded[at : at + 320]) > LOUD for at in range(0, len(recorded) - 320, 320)]
    assert 45 <= sum(loud) <= 90
    assert not any(loud[-15:])


async def _talk(call: MediaCall) -> tuple[str, bytes, EndReason]:
    """Plays a tone until a key is pressed."""
    digits, audio = "", b""
    call.play(tone(440, 30))
    async for event in call.events():
        if isinstance(event, Audio):
            audio += event.frame
        elif isinstance(event, Digit):
            digits += event.digit
            call.flush()
        else:
            return digits, audio, event.reason
    raise AssertionError


async def test_baresip_holds_and_comes_back(tmp_path: Path) -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port, rtp_timeout=1), softphone(tmp_path) as phone:
        phone("dial", f"sip:12345@127.0.0.1:{port}")
        events = Events(await desk.call())
        await asyncio.sleep(1)
        phone("hold")
        await asyncio.sleep(1.5)
        held = len(events.audio)
        await asyncio.sleep(0.5)
        assert loud_frames(events.audio[held:]) == 0
        phone("resume")
        await asyncio.sleep(1)
        assert loud_frames(events.audio[held:]) >= 25
        phone("hangup")
        assert await events.ended() is EndReason.HANGUP


async def test_baresip_is_called(tmp_path: Path) -> None:
    async with workers(Desk(), free_port()) as running, softphone(tmp_path) as phone:
        dialling = asyncio.create_task(running.dial(f"sip:13912345678@127.0.0.1:{phone.port}"))
        await asyncio.sleep(0.7)
        assert not dialling.done()
        phone("accept")
        call = await dialling
        assert call.caller == CALLER
        events = Events(call)
        await asyncio.sleep(1.2)
        assert loud_frames(events.audio) >= 20
        await call.hangup()
        assert await events.ended() is EndReason.HANGUP
