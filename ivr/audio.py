"""Plain 8 kHz audio in memory: cut to frames, measured, and made."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterator
from typing import Final

import numpy as np

from ivr.call import FRAME_BYTES, SAMPLE_RATE

SILENCE: Final = bytes(FRAME_BYTES)
QUIET: Final = -96.0
"""The loudness of silence, in dB."""
_FULL_SCALE: Final = 32768
_SAMPLE: Final = np.dtype("<i2")


class Framer:
    """Cuts pieces of any length, as packets bring them, into frames; what is left over waits for the next piece."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, pcm: bytes) -> list[bytes]:
        self._rest += pcm
        whole = len(self._rest) // FRAME_BYTES * FRAME_BYTES
        cut = [bytes(self._rest[at : at + FRAME_BYTES]) for at in range(0, whole, FRAME_BYTES)]
        del self._rest[:whole]
        return cut


def frames(pcm: bytes) -> Iterator[bytes]:
    """The audio in frames, the last one filled up with silence."""
    for at in range(0, len(pcm), FRAME_BYTES):
        yield pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


def loudness(pcm: bytes) -> float:
    """The mean power in dB below full scale (0 is a full-scale square wave); QUIET for silence."""
    samples = np.frombuffer(pcm, _SAMPLE).astype(np.float32)  # each frame of each call comes by here
    energy = float((samples * samples).sum())  # not `dot`: that lets go of the interpreter, and waits to get it back
    if not energy:
        return QUIET
    return max(QUIET, 10 * math.log10(energy / len(samples) / _FULL_SCALE**2))


def silence(seconds: float) -> bytes:
    return bytes(round(seconds * SAMPLE_RATE) * 2)


def tone(hertz: float, seconds: float, level: float = -12.0) -> bytes:
    """A sine of the given loudness in dB."""
    peak = _FULL_SCALE * 10 ** (level / 20) * math.sqrt(2)
    turn = 2 * math.pi * hertz / SAMPLE_RATE
    wave = (max(-32768, min(32767, round(peak * math.sin(turn * n)))) for n in range(round(seconds * SAMPLE_RATE)))
    return _pcm(array("h", wave))


def _pcm(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
