"""Loudness in dB below full scale; frames of 20 ms from pieces of any length."""

import pytest

from ivr.audio import QUIET, SILENCE, Framer, frames, loudness, silence, tone
from ivr.call import FRAME_BYTES


@pytest.mark.parametrize("level", [-3.1, -12.0, -40.0])
def test_a_tone_is_as_loud_as_asked_for(level: float) -> None:
    assert loudness(tone(1000, 0.1, level)) == pytest.approx(level, abs=0.3)


def test_silence_is_quiet() -> None:
    assert loudness(SILENCE) == QUIET
    assert loudness(b"") == QUIET
    assert len(silence(0.02)) == FRAME_BYTES


def test_the_last_frame_is_filled_up() -> None:
    cut = list(frames(b"\1\0" * 200))
    assert [len(frame) for frame in cut] == [FRAME_BYTES, FRAME_BYTES]
    assert cut[1] == b"\1\0" * 40 + bytes(240)


def test_pieces_of_any_length_make_frames() -> None:
    pcm = bytes(range(256)) * 5
    framer = Framer()
    cut = [frame for at in range(0, len(pcm), 250) for frame in framer.feed(pcm[at : at + 250])]
    assert b"".join(cut) == pcm
    assert {len(frame) for frame in cut} == {FRAME_BYTES}
