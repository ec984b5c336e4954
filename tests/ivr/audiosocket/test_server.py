"""Calls over real TCP: the contract, who is refused and how, broken peers, limits, and stopping."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import ip_network
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from ivr.audio import tone
from ivr.audiosocket.server import AudioSocketServer
from ivr.audiosocket.settings import AudioSocketSettings
from ivr.call import Digit, EndReason, MediaCall, TransferOutcome
from ivr.meters import Meters
from ivr.refusal import Refusal
from tests.ivr.audiosocket.peer import Peer
from tests.ivr.contract import PATIENCE, Events, Line, MediaCallContract, loud_frames
from tests.ivr.desk import Desk

REFUSED = "jiesu_phone_refused_total"
NUMBERED = UUID("13912345-678f-8fff-8123-456789012345")


@asynccontextmanager
async def serving(
    on_call: Callable[[MediaCall], Awaitable[None]],
    refused: Callable[[Refusal], None] = lambda _: None,
    **settings: Any,
) -> AsyncIterator[AudioSocketServer]:
    server = AudioSocketServer(AudioSocketSettings(port=0, **settings), on_call, refused=refused)
    await server.start()
    try:
        yield server
    finally:
        if isinstance(on_call, Desk):
            on_call.release()
        await server.stop()


@asynccontextmanager
async def dialled(server: AudioSocketServer, uuid: UUID | None = NUMBERED) -> AsyncIterator[Peer]:
    peer = await Peer.dial(server.port, uuid)
    try:
        yield peer
    finally:
        await peer.close()


async def _farewell(peer: Peer) -> int | None:
    async with asyncio.timeout(PATIENCE):
        await peer.hung_up_on()
    return peer.farewell


class TestContract(MediaCallContract):
    @pytest.fixture(params=[True, False], ids=["hands back", "keeps"])
    async def line(self, request: pytest.FixtureRequest) -> AsyncIterator[Line]:
        desk = Desk()
        async with serving(desk, hands_back=request.param) as server, dialled(server) as peer:
            yield await desk.call(), peer


async def test_audio_leaves_every_20_ms_also_when_nothing_is_said() -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer:
        await desk.call()
        await asyncio.sleep(0.5)
        times = [at for at, kind, _ in peer.messages if kind == 0x10]
    assert 22 <= len(times) <= 28
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    assert gaps[len(gaps) // 2] == pytest.approx(0.02, abs=0.005)


async def test_a_stranger_is_cut_off() -> None:
    desk, refused = Desk(), Meters()
    count = partial(refused.refused, "audiosocket")
    async with serving(desk, count, allowed=[ip_network("10.1.2.3/32")]) as server, dialled(server) as peer:
        assert await _farewell(peer) == 0x00
        assert refused.registry.get_sample_value(REFUSED, {"transport": "audiosocket", "reason": "stranger"}) == 1
        assert not desk.calls


async def test_beyond_the_cap_the_caller_is_passed_on_and_after_it_taken_again() -> None:
    desk, refused = Desk(), Meters()
    async with serving(desk, partial(refused.refused, "audiosocket"), max_calls=1) as server:
        async with dialled(server) as first:
            call = await desk.call()
            async with dialled(server) as second:
                assert await _farewell(second) == 0xFF
                assert refused.registry.get_sample_value(REFUSED, {"transport": "audiosocket", "reason": "busy"}) == 1
            await call.hangup()
            assert await _farewell(first) == 0x00
        async with dialled(server):
            assert (await desk.call()).id != call.id


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\x01\x40" + bytes(320), b"\x01\x00\x02ab"])
async def test_what_does_not_open_with_the_uuid_is_no_call(garbage: bytes) -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server, uuid=None) as peer:
        peer.writer.write(garbage)
        assert await _farewell(peer) == 0xFF
        assert not desk.calls
        assert server.calls == 0


@pytest.mark.parametrize(
    "garbage", [b"\x77\x00\x01x", b"\x10\xff\xff", b"\x12\x02\x80" + bytes(640), b"\x01\x00\x10" + bytes(16)]
)
async def test_garbage_ends_the_call_it_came_in_and_no_other(garbage: bytes) -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer, dialled(server) as other:
        calls = [await desk.call(), await desk.call()]
        events = [Events(call) for call in calls]
        peer.writer.write(garbage)
        assert await _farewell(peer) == 0xFF
        await other.press("5")
        await other.hang_up()
        assert {await both.ended() for both in events} == {EndReason.ERROR, EndReason.HANGUP}


async def test_a_message_in_many_packets() -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer:
        events = Events(await desk.call())
        for byte in b"\x03\x00\x017\x03\x00\x01D\x03\x00\x018\x00\x00\x00":
            peer.writer.write(bytes([byte]))
            await asyncio.sleep(0.001)
        assert await events.ended() is EndReason.HANGUP
        assert [event for event in events.all if isinstance(event, Digit)] == [Digit("7"), Digit("8")]


async def test_a_peer_that_says_nothing_is_given_up() -> None:
    desk = Desk()
    async with serving(desk, quiet_seconds=0.1) as server, dialled(server) as peer:
        events = Events(await desk.call())
        assert await events.ended() is EndReason.RTP_TIMEOUT
        assert await _farewell(peer) == 0x00


async def test_a_call_has_a_longest_duration() -> None:
    desk = Desk()
    async with serving(desk, max_seconds=0.2) as server, dialled(server) as peer:
        events = Events(await desk.call())
        assert await events.ended() is EndReason.MAX_DURATION
        assert await _farewell(peer) == 0x00


async def test_a_broken_connection_ends_the_call() -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer:
        call = await desk.call()
        call.play(tone(440, 60))
        events = Events(call)
        peer.writer.transport.abort()
        assert await events.ended() in (EndReason.ERROR, EndReason.HANGUP)


async def test_a_peer_ahead_of_time_is_slowed_not_lost() -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer:
        events = Events(await desk.call())
        for _ in range(260):
            peer.send(0x10, tone(440, 0.02))
        await peer.hang_up()
        assert await events.ended() is EndReason.HANGUP
        assert loud_frames(events.audio) == 260


async def test_when_the_talk_fails_the_caller_is_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    async def failing(call: MediaCall) -> None:
        raise ZeroDivisionError

    async with serving(failing) as server, dialled(server) as peer:
        assert await _farewell(peer) == 0xFF
    assert any(record.message == "the talk failed" for record in caplog.records)


async def test_when_the_talk_is_over_the_call_is() -> None:
    async def brief(call: MediaCall) -> None:
        call.play(tone(440, 0.1))
        await call.drained()

    async with serving(brief) as server, dialled(server) as peer:
        assert await _farewell(peer) == 0x00
        assert loud_frames(peer.heard()) == 5


@pytest.mark.parametrize(
    ("hands_back", "outcome"), [(True, TransferOutcome.ACCEPTED), (False, TransferOutcome.UNSUPPORTED)]
)
async def test_handing_over_is_the_dialplans_work(hands_back: bool, outcome: TransferOutcome) -> None:
    desk = Desk()
    async with serving(desk, hands_back=hands_back) as server, dialled(server) as peer:
        call = await desk.call()
        assert await call.transfer("seat") is outcome
        if hands_back:
            assert await _farewell(peer) == 0xFF


async def test_stopping_lets_calls_finish_and_ends_the_rest() -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as short, dialled(server) as long:
        port = server.port
        calls = [Events(await desk.call()), Events(await desk.call())]
        stopping = asyncio.create_task(server.stop(drain_seconds=0.3))
        await asyncio.sleep(0.05)
        await short.hang_up()
        desk.release()
        assert await _farewell(long) == 0x00
        await stopping
        for call in calls:
            await call.ended()
        with pytest.raises(OSError, match="Connect"):
            await Peer.dial(port)


async def test_a_call_that_does_not_finish_while_stopping_is_cancelled() -> None:
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer:
        events = Events(await desk.call())
        stopping = asyncio.create_task(server.stop(drain_seconds=0.1))
        assert await _farewell(peer) == 0x00
        assert await events.ended() is EndReason.CANCELLED
        desk.release()
        await stopping


async def test_logs_do_not_tell_the_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ivr")
    desk = Desk()
    async with serving(desk) as server, dialled(server) as peer:
        await desk.call()
        await peer.hang_up()
        await _farewell(peer)
    assert [record.message for record in caplog.records if record.message.startswith("call ")] == [
        "call began",
        "call ended",
    ]
    assert not any(
        "13912345678" in str(value).replace("-", "") for record in caplog.records for value in vars(record).values()
    )


async def test_20_calls_at_once_are_all_on_time() -> None:
    desk = Desk()
    async with serving(desk) as server:
        peers = [await Peer.dial(server.port, NUMBERED) for _ in range(20)]
        for _ in peers:
            (await desk.call()).play(tone(440, 1))
        await asyncio.sleep(1.2)
        gaps = sorted(
            later - earlier
            for peer in peers
            for earlier, later in pairwise(at for at, kind, _ in peer.messages if kind == 0x10)
        )
        heard = [loud_frames(peer.heard()) for peer in peers]
        for peer in peers:
            await peer.close()
    assert min(heard) >= 49
    assert gaps[len(gaps) // 2] == pytest.approx(0.02, abs=0.005)
