"""What callers say: recorded speech where there is some, else the phone's own prompts of the same words."""

from __future__ import annotations

from functools import cache

from ivr.voice.prompts import Prompts
from tests.ivr import recordings
from tests.ivr.talk import utterances

VOICE = "zf_xiaoxiao"


def sound(text: str, voice: str = VOICE) -> bytes:
    """8 kHz audio of somebody saying it; only the recordings have several voices.

    Raises LookupError for what nobody was recorded saying.
    """
    for name, transcript in recordings.TRANSCRIPTS.items():
        if transcript == text:
            return recordings.pcm(voice, name)
    try:
        return utterances.pcm(text)
    except KeyError:
        clip = _prompts().find(text, "zh_CN")
    if clip is None:
        raise LookupError(f"nobody says {text!r}: neither the recordings nor the prompts have it")
    return bytes(clip.raw_data)


@cache
def _prompts() -> Prompts:
    return Prompts.open()
