"""A call over real WebRTC keeps the contract, and what is its own."""

import asyncio
import json
import logging

import pytest

from ivr.audio import silence, tone
from ivr.call import Caption, EndReason, MediaCall, TransferOutcome
from tests.ivr.contract import Events, Line, MediaCallContract, loud_frames
from tests.ivr.page.conftest import Office
from tests.ivr.page.peer import Peer


class TestContract(MediaCallContract):
    @pytest.fixture
    async def line(self, office: Office) -> Line:
        await office.open()
        peer = office.peer()
        await peer.call()
        return await office.called(), peer


async def connected(office: Office, **deps: object) -> tuple[MediaCall, Peer, Events]:
    await office.open(**deps)
    peer = office.peer()
    await peer.call()
    call = await office.called()
    return call, peer, Events(call)


async def test_captions_arrive_in_order(office: Office) -> None:
    call, peer, _ = await connected(office)
    call.show(Caption("said", "您好，企业服务请按1。"))
    call.show(Caption("heard", "我要投诉"))
    await call.hangup()
    assert await peer.until("ended") == "hangup"
    assert [message["caption"] for message in peer.received if "caption" in message] == [
        {"side": "said", "text": "您好，企业服务请按1。"},
        {"side": "heard", "text": "我要投诉"},
    ]


async def test_it_cannot_be_handed_over(office: Office) -> None:
    call, _, _ = await connected(office)
    assert await call.transfer("110") is TransferOutcome.UNSUPPORTED


async def test_a_page_that_says_no_more_is_given_up(office: Office) -> None:
    _, peer, events = await connected(office, quiet_seconds=0.4)
    await asyncio.sleep(0.6)
    assert len(events.all) > 20
    peer.fall_silent()
    assert await events.ended() is EndReason.RTP_TIMEOUT


async def test_who_only_listens_is_not_given_up(office: Office) -> None:
    await office.open(quiet_seconds=0.2)
    peer = office.peer()
    await peer.call(speaks=False)
    call = await office.called()
    events = Events(call)
    call.play(tone(440, 0.3))
    await events.until(40)
    await peer.press("1")
    await peer.hang_up()
    assert await events.ended() is EndReason.HANGUP
    assert events.digits == "1"
    assert loud_frames(peer.heard()) >= 14


async def test_a_call_does_not_last_for_ever(office: Office) -> None:
    _, peer, events = await connected(office, max_seconds=0.5)
    assert await events.ended() is EndReason.MAX_DURATION
    assert await peer.until("ended") == "max_duration"


async def test_a_talk_that_fails_is_told_to_the_page(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    async def failing(_: MediaCall) -> None:
        raise RuntimeError("broken talk")

    office.talk = failing
    await office.open()
    peer = office.peer()
    with caplog.at_level(logging.CRITICAL, "ivr.switchboard"):
        await peer.call()
        assert await peer.until("ended") == "error"
    await office.quiet()


async def test_a_connection_that_is_just_closed_ends_the_call(office: Office) -> None:
    _, peer, events = await connected(office)
    await peer.connection.close()
    assert await events.ended() is EndReason.HANGUP


async def test_nonsense_on_the_data_channel_does_no_harm(office: Office) -> None:
    _, peer, events = await connected(office)
    keys = ['{"digit": "12"}', '{"digit": ""}', '{"digit": "A"}', '{"digit": 5}', '{"digit": null}', '{"bye": 0}']
    for text in (*keys, "", "{", "[" * 150, "7", "null", json.dumps({"digit": "1", "more": "x" * 300})):
        peer.channel.send(text)
    peer.channel.send(b'{"digit": "1"}')
    await peer.press("8")
    await peer.hang_up()
    assert await events.ended() is EndReason.HANGUP
    assert events.digits == "8"


async def test_a_flood_of_keys_is_cut(office: Office) -> None:
    _, peer, events = await connected(office)
    for _ in range(2000):
        peer.channel.send('{"digit": "1"}')
    await peer.hang_up()
    assert await events.ended() is EndReason.HANGUP
    assert 32 <= len(events.digits) < 500


async def test_one_packet_in_ten_may_be_lost(office: Office) -> None:
    """Nothing but what was lost is missing, and what follows comes no later than before."""
    _, peer, events = await connected(office)
    peer.loses(10)
    await peer.say(tone(440, 1.0) + silence(0.2))
    await peer.hang_up()
    await events.ended()
    assert 40 <= loud_frames(events.audio) <= 47
