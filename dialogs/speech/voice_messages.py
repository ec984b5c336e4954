"""Hears voice messages: one at a time in a process, beside all else, and never longer than anybody waits."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from dialogs.speech.decoding import DecodingFailed, decoding_threads
from dialogs.speech.delivery import ModelUnavailable
from dialogs.speech.dictation import DictationPool
from dialogs.speech.limits import LARGEST_BYTES, RATE, TOO_LONG, UNREADABLE
from dialogs.speech.model import load

log = logging.getLogger(__name__)

_MOST_WAITING: Final = 8
"""Voice messages that wait for their turn; each takes a second or two."""
_SECONDS: Final = 35.0
"""Until the words are there, waiting included: a messenger's update is given up after a minute."""
_ROOT: Final = Path(__file__).parents[2]
"""Where Python finds this package, installed or not."""
_ENVIRONMENT: Final = {"PYTHONUTF8": "1", "PATH": os.defpath}
"""Nothing of ours, which may hold secrets; pydub looks at the path."""


class Reason(StrEnum):
    """Why there are no words."""

    NO_MODEL = "no_model"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOTHING = "nothing"
    """No word was understood."""
    BUSY = "busy"
    """Too many were waiting, or it took too long."""


class NotHeard(Exception):
    """A voice message came to no words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Ears(Protocol):
    """Hears voice messages, or cannot."""

    async def words_of(self, sound: bytes) -> str:
        """What is said, without punctuation. Raises NotHeard."""


class Deaf:
    """Where there is no model."""

    async def words_of(self, sound: bytes) -> str:
        del sound
        raise NotHeard(Reason.NO_MODEL)


class VoiceMessages:
    """Hears with the model in `folder`, which is loaded with the first voice message and then stays."""

    def __init__(self, folder: Path, seconds: float = _SECONDS) -> None:
        self._folder = folder
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._pool: DictationPool | None = None

    async def words_of(self, sound: bytes) -> str:
        """What is said, without punctuation. Raises NotHeard."""
        if len(sound) > LARGEST_BYTES:
            raise NotHeard(Reason.TOO_LONG)
        if self._waiting >= _MOST_WAITING:
            raise NotHeard(Reason.BUSY)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                words = await self._transcribed(sound)
        except TimeoutError:
            raise NotHeard(Reason.BUSY) from None
        finally:
            self._waiting -= 1
        if not words:
            raise NotHeard(Reason.NOTHING)
        return words

    async def _transcribed(self, sound: bytes) -> str:
        try:
            pcm = await _decoded(sound)
            if self._pool is None:
                model = await asyncio.to_thread(load, self._folder)
                self._pool = DictationPool(model, decoding_threads(1), rate=RATE)
            return await self._pool.transcribe(pcm)
        except ModelUnavailable as error:
            log.warning("no voice message can be heard", extra={"reason": type(error).__name__})
            raise NotHeard(Reason.NO_MODEL) from None
        except DecodingFailed:
            log.warning("a voice message could not be heard", extra={"reason": "decoding"})
            raise NotHeard(Reason.UNREADABLE) from None


async def _decoded(sound: bytes) -> bytes:
    """The sound is a stranger's, and ffmpeg a large program: what takes too much, or crashes, ends with its process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dialogs.speech.voice_message"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=_ROOT,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        pcm, _ = await process.communicate(sound)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)  # and ffmpeg with it
            await process.wait()
    if process.returncode:
        if process.returncode not in (TOO_LONG, UNREADABLE):
            log.warning("the decoder of voice messages failed", extra={"status": process.returncode})
        raise NotHeard(Reason.TOO_LONG if process.returncode == TOO_LONG else Reason.UNREADABLE)
    return pcm
