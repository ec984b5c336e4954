"""Messages survive any cutting of the stream; what cannot be the protocol is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.audiosocket.codec import Decoder, Kind, Message, ProtocolError, UnsupportedRate, encode

MESSAGES = st.one_of(
    st.builds(Message, st.just(Kind.AUDIO), st.binary(max_size=400).map(lambda data: data + data)),
    st.builds(Message, st.just(Kind.DIGIT), st.binary(min_size=1, max_size=1)),
    st.builds(Message, st.just(Kind.UUID), st.binary(min_size=16, max_size=16)),
    st.builds(Message, st.sampled_from([Kind.HANGUP, Kind.ERROR]), st.binary(max_size=3)),
)


def test_a_frame_of_audio_on_the_wire() -> None:
    assert encode(Kind.AUDIO, b"\1\2" * 160) == b"\x10\x01\x40" + b"\1\2" * 160


@given(st.lists(MESSAGES, max_size=10), st.lists(st.integers(1, 500), min_size=1, max_size=30))
def test_any_cutting_gives_the_same_messages(messages: list[Message], sizes: list[int]) -> None:
    stream = b"".join(encode(message.kind, message.payload) for message in messages)
    decoder = Decoder()
    got: list[Message] = []
    turn = 0
    while stream:
        size = sizes[turn % len(sizes)]
        got += decoder.feed(stream[:size])
        stream = stream[size:]
        turn += 1
    assert got == messages


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"GET / HTTP/1.1", "unknown kind 0x47"),
        (b"\x10\xff\xfe", "65534 bytes"),
        (b"\x10\x00\x03", "whole samples"),
        (b"\x01\x00\x04", "4 bytes, not 16"),
        (b"\x03\x00\x02", "2 bytes, not 1"),
        (b"\x00\x01\x00", "256 bytes"),
    ],
)
def test_what_cannot_be_is_refused_at_its_header(header: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        Decoder().feed(header)


@pytest.mark.parametrize(("kind", "rate"), [(0x11, 12000), (0x12, 16000), (0x13, 24000), (0x16, 48000), (0x18, 192000)])
def test_other_rates_are_refused_by_name(kind: int, rate: int) -> None:
    with pytest.raises(UnsupportedRate, match=str(rate)):
        Decoder().feed(bytes([kind, 2, 128]))


@given(st.binary(max_size=300))
def test_garbage_is_messages_or_a_protocol_error(data: bytes) -> None:
    try:
        Decoder().feed(data)
    except ProtocolError:
        pass
