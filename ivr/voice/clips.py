"""One piece of recorded speech: read from any file, cut to what is said, levelled, and kept small."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from dialogs.speech.sound import AudioSegment, detect_leading_silence
from ivr.call import SAMPLE_RATE

LEVEL = -20.0
"""dB below full scale: the mean power of what is said in a clip, its pauses left out."""
_PEAK = -1.0
"""dB; louder peaks would be cut off, so such a clip stays quieter than LEVEL."""
_STEP_MS = 10
_PAUSE_BELOW = 25.0
"""dB below a clip's loudest part, where it counts as a pause."""
_SILENT_BELOW = 38.0
"""dB below it, where its ends are cut; soft consonants begin and end quieter than they sound."""
_MARGIN_MS = 20
"""Kept at both ends."""
_FADE_MS = 8
_BIT_RATE = 12_000
"""Of the files we keep, about 1.6 kB a second with their heads. Measured as the correlation of the wave with the
original: 0.931 at 8,000, 0.943 at 12,000, 0.947 at 16,000, 0.949 at 20,000; a telephone's own G.711 loses more."""


class UnreadableClip(ValueError):
    """A file that is no audio, or holds none."""


def from_file(data: bytes) -> AudioSegment:
    """The audio of a file of any common form, in the phone's own: 8 kHz, 16 bits, one channel."""
    resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    try:
        with av.open(io.BytesIO(data), "r") as container:
            pcm = b"".join(_resampled(container.decode(audio=0), resampler))
    except (av.FFmpegError, IndexError) as error:  # IndexError: a container without an audio stream
        raise UnreadableClip(str(error)) from error
    if not pcm:
        raise UnreadableClip("holds no audio")
    return segment(pcm)


def converted(pcm: bytes, rate: int) -> AudioSegment:
    """One channel of 16-bit audio at another rate, in the phone's own form."""
    frame = _frame(pcm, rate)
    return segment(b"".join(_resampled(iter([frame]), AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE))))


def to_file(clip: AudioSegment) -> bytes:
    """The clip as Ogg Opus, made for speech at telephone bandwidth."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = _BIT_RATE
        stream.options = {"application": "voip", "vbr": "on", "frame_duration": "60", "compression_level": "10"}
        for packet in [*stream.encode(_frame(clip.raw_data, SAMPLE_RATE)), *stream.encode(None)]:
            container.mux(packet)
    return buffer.getvalue()


def segment(pcm: bytes) -> AudioSegment:
    """Audio in the phone's own form, as pydub works on it."""
    return AudioSegment(data=pcm[: len(pcm) // 2 * 2], sample_width=2, frame_rate=SAMPLE_RATE, channels=1)


def finished(clip: AudioSegment) -> AudioSegment:
    """The clip without silence at its ends, at LEVEL, beginning and ending without a click. Empty if it is silent."""
    loudest = max((step.dBFS for step in clip[::_STEP_MS]), default=-math.inf)
    if loudest < -60:
        return clip[:0]
    quiet = loudest - _SILENT_BELOW
    begin = detect_leading_silence(clip, quiet, _STEP_MS) - _MARGIN_MS
    end = len(clip) - detect_leading_silence(clip.reverse(), quiet, _STEP_MS) + _MARGIN_MS
    return _levelled(clip[max(0, begin) : min(len(clip), end)]).fade_in(_FADE_MS).fade_out(_FADE_MS)


def speech_level(clip: AudioSegment) -> float:
    """The mean power of what is said, in dB below full scale; -inf for silence."""
    steps = [step for step in clip[::_STEP_MS] if step.rms]
    loudest = max((step.dBFS for step in steps), default=-math.inf)
    said = [step.rms**2 for step in steps if step.dBFS > loudest - _PAUSE_BELOW]
    return 10 * math.log10(sum(said) / len(said) / clip.max_possible_amplitude**2) if said else -math.inf


def _levelled(clip: AudioSegment) -> AudioSegment:
    gain = min(LEVEL - speech_level(clip), _PEAK - clip.max_dBFS)
    return clip.apply_gain(gain)


def _frame(pcm: bytes, rate: int) -> AudioFrame:
    frame = AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.sample_rate, frame.pts = rate, 0
    frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
    return frame


def _resampled(frames: Iterator[AudioFrame], resampler: AudioResampler) -> Iterator[bytes]:
    for frame in frames:
        yield from map(_bytes, resampler.resample(frame))
    yield from map(_bytes, resampler.resample(None))


def _bytes(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]
