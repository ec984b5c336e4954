"""Real calls by SIP and RTP: the contract, the cap, a worker that dies, and callers of other makes."""

import asyncio
import os
import signal
import socket

import pytest

from dialogs.wording import Wording
from ivr.audio import loudness, silence, tone
from ivr.call import Digit, EndReason
from ivr.sip.failed import WorkersFailed
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import CALLER, LOUD, PATIENCE, Events, at_best, loud_frames
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import dialled, workers
from tests.ivr.sip.exchange import opened
from tests.ivr.sip.g711 import decode
from tests.ivr.sip.phone import Phone, free_port


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
        assert min(late) <= 0.06  # what more it takes is the machine's; the bench has figures


async def test_what_follows_a_flush_is_heard_from_its_first_frame() -> None:
    """The stack used to drop up to 100 ms of it, at most phases of its clock."""
    async with opened() as exchange, exchange.talk() as talk:
        for phase in range(8):

            async def whole(phase: int = phase) -> None:
                talk.call.play(silence(0.3))
                await asyncio.sleep(0.1 + phase * 0.005)
                talk.call.flush()
                before = len(talk.phone.heard())
                talk.call.play(tone(440, 0.2))
                await talk.call.drained()
                await asyncio.sleep(0.07)
                assert 10 <= loud_frames((await talk.phone.settled())[before:]) <= 11

            await at_best(whole)


async def test_beyond_the_cap_it_is_busy(port: int) -> None:
    desk = Desk()
    async with workers(desk, port, max_calls=1), dialled(port):
        await desk.call()
        with pytest.raises(ConnectionRefusedError) as refusal:
            await Phone.dial(port, CALLER)
        assert refusal.value.args == (486,)


async def test_who_calls_while_the_phone_stops_is_refused_and_not_answered(port: int) -> None:
    """So that a PBX tries the next line; until now such a call was answered and cut off."""
    desk = Desk()
    async with workers(desk, port) as running, dialled(port) as phone:
        call = Events(await desk.call())
        stopping = asyncio.create_task(running.stop(PATIENCE))
        await asyncio.sleep(0.1)
        with pytest.raises(ConnectionRefusedError) as refusal:
            await Phone.dial(port, CALLER)
        assert refusal.value.args == (486,)
        await phone.press("7")
        await phone.hang_up()
        await call.ended()
        assert call.digits == "7"
        await stopping


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
        async with asyncio.timeout(3):
            return await Phone.dial(port, CALLER)
    except (TimeoutError, ConnectionRefusedError):
        return None


async def test_a_port_that_is_taken_is_an_error(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.sip.keeper.READY_SECONDS", 5.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", port))
        with pytest.raises(WorkersFailed) as told:
            await SipWorkers(SipSettings(port=port), Desk()).start()
    assert Wording("en").faults(told.value)[0].startswith(f"no SIP worker became ready on 127.0.0.1, ports {port};")
    assert Wording("zh_CN").faults(told.value)[0].startswith(f"SIP 没有启动成功（127.0.0.1，端口 {port}）；")
