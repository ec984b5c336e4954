"""Audio to and from aiortc: A-law that decodes to what went in, and packets that go straight on."""

import pytest
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtpPacket

from ivr.audio import SILENCE, frames, tone
from ivr.page.media import Outgoing, Straight
from tests.ivr.recordings import alaw, pcm


async def test_what_leaves_is_a_law_in_order() -> None:
    voice = Outgoing()
    for frame in frames(pcm("zf_xiaobei", "menu02")[:3200]):
        voice.put(frame)
    packets = [await voice.recv() for _ in range(10)]
    assert b"".join(bytes(packet) for packet in packets) == alaw("zf_xiaobei", "menu02")[:1600]
    assert [packet.pts for packet in packets] == [n * 160 for n in range(10)]


async def test_a_connection_that_takes_nothing_holds_a_second_at_most() -> None:
    voice = Outgoing()
    for _ in range(500):
        voice.put(SILENCE)
    waiting = 0
    while not voice._packets.empty():
        await voice.recv()
        waiting += 1
    assert waiting == 50


async def test_after_its_end_nothing_leaves() -> None:
    voice = Outgoing()
    voice.put(tone(440, 0.02))
    voice.stop()
    with pytest.raises(MediaStreamError):
        await voice.recv()


def passed(*numbers: int) -> list[int]:
    """Which packets with these sequence numbers go on."""
    straight, gone = Straight(), []
    for number in numbers:
        packet = RtpPacket(payload_type=8, sequence_number=number, timestamp=number * 160, payload=b"a")
        packet._data = b"a"  # type: ignore[attr-defined]
        if straight.add(packet)[1] is not None:
            gone.append(number)
    return gone


def test_packets_go_on_as_they_come_over_a_loss_and_over_the_end_of_the_numbers() -> None:
    assert passed(1, 2, 5, 6) == [1, 2, 5, 6]
    assert passed(65534, 65535, 0, 1) == [65534, 65535, 0, 1]


def test_overtaken_and_repeated_packets_are_dropped() -> None:
    assert passed(10, 12, 11, 12, 13) == [10, 12, 13]


def test_a_new_beginning_is_followed() -> None:
    assert passed(5000, 100, 101) == [5000, 100, 101]
