"""Turns one voice message into plain audio, in a process of its own with limits.

`python -m dialogs.speech.voice_message` takes the file on its input, and gives 16-bit mono at RATE; it ends with
TOO_LONG or UNREADABLE where there is none.
"""

from __future__ import annotations

import io
import logging
import resource
import sys
from dataclasses import dataclass
from typing import Final

import imageio_ffmpeg
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from dialogs.speech.limits import LARGEST_BYTES, LONGEST_SECONDS, RATE, TOO_LONG, UNREADABLE
from dialogs.speech.sound import AudioSegment, CouldntDecodeError

MEMORY: Final = 2 * 2**30
"""Bytes of address space; ffmpeg's threads reserve much that they never touch."""
CPU_SECONDS: Final = 15
"""Of this process, and of ffmpeg; two minutes of sound take half a second."""


class Unreadable(Exception):
    """It is no sound of a kind that messengers and browsers record."""


class TooLong(Exception):
    """It is longer than LONGEST_SECONDS."""


def main() -> int:
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (most, most))
    logging.disable()
    try:
        sys.stdout.buffer.write(decode(sys.stdin.buffer.read(LARGEST_BYTES + 1)))
    except TooLong:
        return TOO_LONG
    except (Unreadable, MemoryError):
        return UNREADABLE
    return 0


def decode(sound: bytes) -> bytes:
    """16-bit mono at RATE. Raises Unreadable and TooLong."""
    kind = _kind(sound)
    try:
        AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
        segment = AudioSegment.from_file(
            io.BytesIO(sound), kind.container, codec=kind.codec, duration=LONGEST_SECONDS + 1
        )
    except (CouldntDecodeError, RuntimeError, OSError, IndexError) as error:  # RuntimeError: there is no ffmpeg
        raise Unreadable from error
    if len(segment) > LONGEST_SECONDS * 1000:
        raise TooLong
    return _resampled(segment.set_channels(1).set_sample_width(2).raw_data, segment.frame_rate)


@dataclass(frozen=True)
class _Kind:
    """A container, and the codec in it: ffmpeg is told both, and guesses nothing from what a stranger sent."""

    container: str
    codec: str


_IN_MP4: Final = ((b"Opus", "opus"), (b"mp4a", "aac"))
"""Sample entries of ISO/IEC 14496-12 with their decoders; what browsers record has them at its beginning."""
_HEAD = 4096


def _kind(sound: bytes) -> _Kind:
    head = sound[:_HEAD]
    if head.startswith(b"OggS") and b"OpusHead" in head:
        return _Kind("ogg", "opus")
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"A_OPUS" in head:
        return _Kind("matroska", "opus")
    if head[4:8] == b"ftyp" and (codec := next((name for tag, name in _IN_MP4 if tag in head), None)):
        return _Kind("mov", codec)
    raise Unreadable


def _resampled(pcm: bytes, rate: int) -> bytes:
    """pydub's own resampling does not filter."""
    frame = AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.sample_rate, frame.pts = rate, 0
    frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return b"".join(bytes(one.planes[0])[: one.samples * 2] for one in frames)


if __name__ == "__main__":
    sys.exit(main())
