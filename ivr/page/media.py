"""Audio as aiortc takes and gives it: G.711 A-law, 8 kHz, as on the telephone.

Every browser has PCMA (RFC 7874, section 3). It spares two resamplings and an Opus encoder at 48 kHz stereo a call, the
recogniser hears what it hears from a telephone, and nothing is lost by it: all we do is done at 8 kHz.
"""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any, Final

from aiortc import MediaStreamTrack, RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpCodecCapability
from aiortc.rtp import RtpPacket
from av import AudioFrame
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext
from av.packet import Packet

from ivr.call import FRAME_SAMPLES, SAMPLE_RATE

PCMA: Final = RTCRtpCodecCapability(mimeType="audio/PCMA", clockRate=SAMPLE_RATE, channels=1)
_TIME_BASE: Final = Fraction(1, SAMPLE_RATE)
_MOST_WAITING = 50
"""Frames a connection that takes none may leave; then they are dropped, as the network would."""
_MOST_MISORDER = 100
"""Packets behind from which a sequence number is a new beginning, not an overtaken packet."""


class Outgoing(MediaStreamTrack):
    """The frames that the call's clock puts in, encoded in the loop: 10 µs each. Frames that are not encoded aiortc
    would hand to the process's common threads, where they would wait behind whatever else is there.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._codec = _encoder()
        self._packets: asyncio.Queue[Packet[Any]] = asyncio.Queue(_MOST_WAITING)
        self._pts = 0

    def put(self, frame: bytes) -> None:
        sound = AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        sound.sample_rate = SAMPLE_RATE
        sound.planes[0].update(frame)
        packet: Packet[Any] = Packet(bytes(self._codec.encode(sound)[0]))
        packet.pts, packet.time_base = self._pts, _TIME_BASE
        self._pts += FRAME_SAMPLES
        if not self._packets.full():
            self._packets.put_nowait(packet)

    async def recv(self) -> Packet[Any]:
        if self.readyState != "live":
            raise MediaStreamError
        return await self._packets.get()


class Straight:
    """Stands in for aiortc's jitter buffer, which holds 80 ms back, and 300 ms for good once a packet was lost. A
    recogniser needs no even flow: packets go on as they come, overtaken ones are dropped, and the inbox fills gaps.
    """

    def __init__(self) -> None:
        self._last: int | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        ahead = 1 if self._last is None else (packet.sequence_number - self._last) % 65536
        behind = 65536 - ahead
        if ahead == 0 or behind < _MOST_MISORDER:
            return False, None
        self._last = packet.sequence_number
        return False, JitterFrame(packet._data, packet.timestamp)  # type: ignore[attr-defined]


def receive_straight(receiver: RTCRtpReceiver) -> None:
    """Call it before anything was received."""
    receiver._RTCRtpReceiver__jitter_buffer = Straight()  # type: ignore[attr-defined]


def pcm_of(frame: AudioFrame) -> bytes:
    """The samples of a received frame."""
    return bytes(frame.planes[0])[: frame.samples * 2]


def _encoder() -> AudioCodecContext:
    codec = CodecContext.create("pcm_alaw", "w")
    codec.format = "s16"
    codec.layout = "mono"
    codec.sample_rate = SAMPLE_RATE
    codec.time_base = _TIME_BASE
    return codec
