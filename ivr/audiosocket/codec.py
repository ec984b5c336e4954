"""AudioSocket messages: one byte of kind, two of length (big-endian), the payload.

https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_HEADER: Final = 3
_MOST_AUDIO: Final = 16000
"""Bytes in one message: a second. Asterisk sends 20 ms; other packet times reach 60."""


class Kind(IntEnum):
    HANGUP = 0x00
    UUID = 0x01
    DIGIT = 0x03
    """One ASCII character. Asterisk has sent it since change 1138 (March 2025; lines 20, 21, 22), when the key is
    let go."""
    AUDIO = 0x10
    """Signed 16-bit little-endian at 8 kHz, one channel."""
    ERROR = 0xFF


SIZES: Final[Mapping[int, tuple[int, int]]] = {
    Kind.HANGUP: (0, 255),
    Kind.UUID: (16, 16),
    Kind.DIGIT: (1, 1),
    Kind.AUDIO: (0, _MOST_AUDIO),
    Kind.ERROR: (0, 255),
}
"""The kinds of AudioSocket, each with its shortest and longest payload."""

_OTHER_RATES: Final = {
    0x11: 12000,
    0x12: 16000,
    0x13: 24000,
    0x14: 32000,
    0x15: 44100,
    0x16: 48000,
    0x17: 96000,
    0x18: 192000,
}


class ProtocolError(ValueError):
    """What came is not the protocol."""


class UnsupportedRate(ProtocolError):
    """Audio at another rate than 8 kHz: use the application AudioSocket(), or the channel driver with `c(slin)`."""


@dataclass(frozen=True)
class Message:
    kind: int
    payload: bytes = b""


def encode(kind: int, payload: bytes = b"") -> bytes:
    """One piece, to be written at once: Asterisk gives the payload 5 ms after the header."""
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload


class Decoder:
    """Takes bytes as the network brings them, and gives messages as they are whole."""

    def __init__(self, sizes: Mapping[int, tuple[int, int]] = SIZES) -> None:
        self._sizes = sizes
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Raises ProtocolError as soon as a header cannot be right; nothing may be fed after that."""
        self._buffer += data
        messages = []
        at = 0
        while len(self._buffer) - at >= _HEADER:
            kind, length = self._buffer[at], int.from_bytes(self._buffer[at + 1 : at + _HEADER], "big")
            self._check(kind, length)
            end = at + _HEADER + length
            if len(self._buffer) < end:
                break
            messages.append(Message(kind, bytes(self._buffer[at + _HEADER : end])))
            at = end
        del self._buffer[:at]
        return messages

    def _check(self, kind: int, length: int) -> None:
        if kind in _OTHER_RATES and kind not in self._sizes:
            raise UnsupportedRate(f"audio at {_OTHER_RATES[kind]} Hz; only 8000 Hz is taken")
        if kind not in self._sizes:
            raise ProtocolError(f"unknown kind 0x{kind:02x}")
        shortest, longest = self._sizes[kind]
        if not shortest <= length <= longest:
            raise ProtocolError(f"kind 0x{kind:02x} with {length} bytes, not {shortest} to {longest}")
        if kind == Kind.AUDIO and length % 2:
            raise ProtocolError("audio is not whole samples")
