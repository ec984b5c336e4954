"""What a caller tells in their own words: turned into text, and kept as audio beside it."""

from __future__ import annotations

import io
import logging
import wave
from typing import Final, Protocol

from backend.contract.errors import BackendError
from backend.contract.message import Message
from backend.contract.models.attachments import AttachmentOut
from dialogs.events import Person, Upload
from dialogs.wording import Wording
from ivr.audio import loudness
from ivr.call import FRAME_BYTES, SAMPLE_RATE
from ivr.meters import Meters
from ivr.speech.phrases import without_fillers
from ivr.talk.line import Line
from ivr.talk.phrasebook import phrasebook
from ivr.talk.prompt import Clip

ONLY_RECORDED: Final = Message("phone.only_recorded")

log = logging.getLogger(__name__)

_SHORTEST: Final = 0.8
"""Seconds of recording below which nothing was said."""
_QUIET: Final = -60.0
"""dB below full scale: a recording that is softer holds nothing."""
_PLAYED_BACK: Final = 10.0
"""Seconds up to which an answer is played back when all is read over."""
_LEAST_TOLD: Final = 4
"""Characters."""
_FAINT: Final = -45.0
"""dB below full scale of a frame that is cut off at either end of what is played back."""


class Keep(Protocol):
    """Keeps a recording in the backend."""

    async def __call__(self, wav: bytes, transcript: str, *, person: Person, key: str) -> AttachmentOut: ...


class Recordings:
    """Those of one call."""

    def __init__(self, line: Line, person: Person, keep: Keep, meters: Meters) -> None:
        self._meters = meters
        self._line = line
        self._person = person
        self._keep = keep
        self._kept = 0

    async def words_of(self, pcm: bytes) -> str:
        """A recording's words, '' if none were understood; shown where the caller has a screen."""
        with self._meters.transcribing():
            text = await self._line.transcribe(pcm)
        if text:
            self._line.show_heard(text)
        return text

    async def upload(self, pcm: bytes, transcript: str) -> Upload | None:
        """Keep it as an attachment; None when the backend does not take it."""
        self._kept += 1
        key = f"{self._line.call.id}-recording-{self._kept}"
        try:
            kept = await self._keep(_wav(pcm), transcript, person=self._person, key=key)
        except BackendError as error:
            log.warning("a recording was not kept", extra={"action": "keep_recording", "code": error.code})
            return None
        return Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name)


def is_empty(pcm: bytes) -> bool:
    """Whether nothing can have been said in it."""
    return len(pcm) < _SHORTEST * SAMPLE_RATE * 2 or loudness(pcm) < _QUIET


def is_told(text: str) -> bool:
    """Whether words can be what somebody wants: more than a greeting, or a question whether anybody is there."""
    for greeting in phrasebook().greetings:
        text = text.replace(greeting, "")
    return len(without_fillers(text)) >= _LEAST_TOLD


def or_recorded(text: str) -> str:
    """The words, or those that send whoever reads them to the recording."""
    return text or Wording("zh_CN").text(ONLY_RECORDED)


def played_back(pcm: bytes, text: str) -> Clip | None:
    """The recording without the silence around it; None if it is too long to be heard again."""
    frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
    loud = [at for at, frame in enumerate(frames) if loudness(frame) > _FAINT]
    spoken = b"".join(frames[max(0, loud[0] - 5) : loud[-1] + 10]) if loud else b""
    return Clip(spoken, text) if 0 < len(spoken) <= _PLAYED_BACK * SAMPLE_RATE * 2 else None


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(pcm)
    return file.getvalue()
