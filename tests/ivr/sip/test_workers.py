"""Real calls by SIP and RTP: the contract, the cap, a worker that dies, and callers of other makes."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator

import pytest

from ivr.audio import loudness, silence, tone
from ivr.call import Digit, EndReason, TransferOutcome
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers, WorkersFailed
from tests.ivr.contract import CALLER, LOUD, PATIENCE, Events, Line, MediaCallContract
from tests.ivr.sip.desk import Desk, dialled, workers
from tests.ivr.sip.g711 import decode
from tests.ivr.sip.phone import Phone, free_port


class TestContract(MediaCallContract):
    @pytest.fixture
    async def line(self) -> AsyncIterator[Line]:
        desk, port = Desk(), free_port()
        async with workers(desk, port), dialled(port) as phone:
            yield await desk.call(), phone


@pytest.fixture
def port() -> int:
    return free_port()


async def test_who_called_which_number(port: int) -> None:
    desk = Desk()
    async with workers(desk, port), dialled(port):
        call = await desk.call()
        assert (call.caller, call.called, call.transport) == (CALLER, "12345", "sip")


async def test_a_key_stops_the_prompt_within_60_ms(port: int) -> None:
    desk = Desk()
    async with workers(desk, port), dialled(port) as phone:
        call = await desk.call()
        loop = asyncio.get_running_loop()
        late = []
        for _ in range(5):
            call.play(tone(440, 30))
            await asyncio.sleep(0.3)
            pressing = asyncio.create_task(phone.press("1"))
            async for event in call.events():
                if isinstance(event, Digit):
                    pressed = loop.time()
                    call.flush()
                    break
            await pressing
            await asyncio.sleep(0.2)
            loud = [
                at for at, packet in phone.packets if packet[1] & 0x7F == 8 and loudness(decode(packet[12:])) > LOUD
            ]
            late.append(loud[-1] - pressed)
        assert sorted(late)[2] <= 0.06


async def test_beyond_the_cap_it_is_busy(port: int) -> None:
    desk = Desk()
    async with workers(desk, port, max_calls=1), dialled(port):
        await desk.call()
        with pytest.raises(ConnectionRefusedError) as refusal:
            await Phone.dial(port, CALLER)
        assert refusal.value.args == (486,)


async def test_a_caller_who_vanishes_is_given_up(port: int) -> None:
    desk = Desk()
    async with workers(desk, port, rtp_timeout=1), dialled(port) as phone:
        events = Events(await desk.call())
        phone.silent = True
        assert await events.ended() is EndReason.RTP_TIMEOUT


async def test_a_dead_worker_ends_its_calls_only_and_comes_back(port: int, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    async with workers(desk, port, workers=2) as running, dialled(port):
        doomed = Events(await desk.call())
        other = await Phone.dial(port + 2, CALLER)
        living = Events(await desk.call())
        os.kill(running.pids[0], signal.SIGKILL)
        assert await doomed.ended() is EndReason.ERROR
        await other.press("7")
        async with asyncio.timeout(PATIENCE):
            while len(running.pids) < 2:  # noqa: ASYNC110 - a process starts
                await asyncio.sleep(0.05)
            while (phone := await _try_to_dial(port)) is None:  # noqa: ASYNC110 - a process starts
                await asyncio.sleep(0.1)
        await desk.call()
        await phone.close()
        await other.hang_up()
        await living.ended()
        assert living.digits == "7"
        await other.close()
    assert any("started anew" in record.message for record in caplog.records)


async def _try_to_dial(port: int) -> Phone | None:
    try:
        async with asyncio.timeout(1):
            return await Phone.dial(port, CALLER)
    except (TimeoutError, ConnectionRefusedError):
        return None


@pytest.mark.parametrize(("status", "outcome"), [(603, TransferOutcome.REFUSED), (202, TransferOutcome.ACCEPTED)])
async def test_a_transfer_goes_to_where_the_call_came_from(port: int, status: int, outcome: TransferOutcome) -> None:
    desk = Desk()
    async with workers(desk, port), dialled(port) as phone:
        phone.refer_status = status
        call = await desk.call()
        events = Events(call)
        async with asyncio.timeout(PATIENCE):
            assert await call.transfer("8001") is outcome
        assert "sip:8001@127.0.0.1" in phone.referred_to
        if outcome is TransferOutcome.ACCEPTED:
            assert await events.ended() is EndReason.HANGUP
        else:
            await phone.press("3")
            assert events.digits == "3"
        await events.stop()


async def test_lost_packets_do_not_shorten_what_was_said(port: int) -> None:
    desk = Desk()
    async with workers(desk, port), dialled(port) as phone:
        events = Events(await desk.call())
        await phone.say(silence(0.2))
        start = len(events.all)
        began = asyncio.get_running_loop().time()
        for _ in range(4):
            phone.silent = True
            await asyncio.sleep(0.1)
            phone.silent = False
            await phone.say(tone(440, 0.1))
        frames = len(events.all) - start
        passed = (asyncio.get_running_loop().time() - began) / 0.02
        assert frames == pytest.approx(passed, abs=8)  # unfilled, 20 packets would be missing
        await events.stop()


async def test_a_port_that_is_taken_is_an_error(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.sip.keeper.READY_SECONDS", 3.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", port))
        with pytest.raises(WorkersFailed, match=str(port)):
            await SipWorkers(SipSettings(port=port), Desk()).start()
