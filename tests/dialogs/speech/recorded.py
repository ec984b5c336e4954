"""Voice messages as messengers and browsers record them, made of the recorded Mandarin voices."""

from __future__ import annotations

import io

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from dialogs.speech.frames import SAMPLE_RATE
from tests.ivr import recordings

STORY = "story00"
VOICE = "zf_xiaobei"
WORDS = "我们公司在工业园区最近经常停电影响生产希望供电部门尽快处理"
"""What the recogniser hears in it."""


def voice_note(name: str = STORY, voice: str = VOICE) -> bytes:
    """Ogg Opus, as Telegram sends it."""
    return recorded(recordings.pcm(voice, name), "ogg", "libopus")


def recorded(pcm: bytes, container: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov"} if container == "mp4" else {}
    with av.open(buffer, "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = 96_000
        frame = AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
        size = 1024 if codec == "aac" else 960
        resampler = AudioResampler(format=stream.format.name, layout="mono", rate=48_000, frame_size=size)
        for one in [*resampler.resample(frame), *resampler.resample(None), None]:
            for packet in stream.encode(one):
                out.mux(packet)
    return buffer.getvalue()
