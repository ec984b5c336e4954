"""The plain synthesiser for words nobody rendered ahead: espeak-ng in a process of its own, bounded in time."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import shutil
import sys
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from dialogs.speech.sound import AudioSegment

from . import clips

log = logging.getLogger(__name__)

_VOICES = {"zh_CN": "cmn", "en": "en-us"}
_WORDS_A_MINUTE = {"zh_CN": "230", "en": "160"}
_SECONDS = 3.0
"""Given up after that; a sentence takes 50 ms."""
_LONGEST = 300
"""Characters said of one text: more would be a minute of a voice nobody likes to hear."""
_AT_ONCE = 2
_KEPT = 64
"""Texts whose sound is kept: a prompt is mostly said again to the same caller."""


class Espeak:
    """`command` is a program that takes text on standard input and answers with a sound file on standard output."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._kept: OrderedDict[tuple[str, str], AudioSegment] = OrderedDict()

    @classmethod
    def open(cls) -> Espeak | None:
        """The system's program, else the library that a wheel carries, else None.

        The library is GPL and native code: in a process of its own it is not part of ours, and takes nothing with it
        when it crashes.
        """
        if program := shutil.which("espeak-ng"):
            return cls((program, "--stdin", "--stdout"))
        if importlib.util.find_spec("espeakng_loader") is not None:
            return cls((sys.executable, "-I", str(Path(__file__).with_name("espeak_library.py"))))
        return None

    async def say(self, text: str, language: str) -> AudioSegment | None:
        """The text's sound, levelled; None when it cannot be said in time."""
        text = text[:_LONGEST]
        wanted = (text, language)
        if wanted in self._kept:
            self._kept.move_to_end(wanted)
            return self._kept[wanted]
        try:
            async with asyncio.timeout(_SECONDS), self._room:
                sound = await self._run(text, language)
            clip = await asyncio.to_thread(_clip, sound)
        except (TimeoutError, OSError, clips.UnreadableClip) as error:
            log.warning("text could not be synthesised", extra={"reason": type(error).__name__, "length": len(text)})
            return None
        self._kept[wanted] = clip
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return clip

    async def _run(self, text: str, language: str) -> bytes:
        options = ("-v", _VOICES[language], "-s", _WORDS_A_MINUTE[language])
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            # [[...]] would be read as phonemes.
            sound, _ = await process.communicate(text.translate({ord("["): " ", ord("]"): " "}).encode())
        finally:
            if process.returncode is None:  # given up
                process.kill()
                await process.communicate()
        return sound


def _clip(sound: bytes) -> AudioSegment:
    return clips.finished(clips.from_file(sound))
