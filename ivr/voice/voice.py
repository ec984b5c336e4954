"""Says speech: prompts joined so that they sound like one sentence, and the plain synthesiser where there is none."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dialogs.speech.sound import AudioSegment
from ivr.audio import tone
from locales import closest_language

from . import chinese, clips, reading
from .espeak import Espeak
from .prompts import BUILT_IN, Prompts
from .speech import Pause, Speech, gap, normalised

log = logging.getLogger(__name__)

_JOINED_MS = 12
"""Of one part faded into the next where nothing separates them."""
_TOGETHER = 3
"""Parts that may be one prompt together: two digits, 请按 and a key."""
_BETWEEN_PAIRS = 0.08
"""Seconds between two digits and the next two: of 288 digits of ticket numbers 11 were misheard so, and 20 without."""
_CLAUSE = re.compile(r"[^，。；：、！？,;:!?]+[，。；：、！？,;:!?]*")
_MISSING = clips.segment(tone(350.0, 0.15, -32.0))
"""Stands for words that nothing here can say."""


@dataclass(frozen=True)
class _Said:
    """A part on its way to sound."""

    text: str
    clip: AudioSegment | None
    """None: no prompt has it."""
    after: float
    """Seconds of silence behind it."""


class Voice:
    """One for a process; calls share its caches."""

    def __init__(self, prompts: Prompts, synthesiser: Espeak | None) -> None:
        self._prompts = prompts
        self._synthesiser = synthesiser

    @classmethod
    def open(cls, folder: Path = BUILT_IN, overrides: Path | None = None) -> Voice:
        """The prompts of a folder, and the recordings that stand in for some. Raises PromptsUnreadable."""
        return cls(Prompts.open(folder, overrides), Espeak.open())

    async def say(self, speech: Speech, language: str) -> bytes:
        """The speech as plain 8 kHz audio. Never blocks the loop; what cannot be said becomes a short tone."""
        language = closest_language(language)
        parts = await asyncio.to_thread(self._found, speech, language)
        sounding = [(part, part.clip or await self._synthesised(part.text, language)) for part in parts]
        return await asyncio.to_thread(_joined, sounding)

    async def _synthesised(self, text: str, language: str) -> AudioSegment:
        if not text:
            return clips.segment(b"")
        words = reading.written_out(text, language)
        clip = await self._synthesiser.say(words, language) if self._synthesiser is not None else None
        if clip is None:
            log.warning("text without sound", extra={"language": language, "length": len(text)})
        return clip or _MISSING

    def _found(self, speech: Speech, language: str) -> list[_Said]:
        parts: list[_Said] = []
        for run, pause in _runs(speech):
            parts += self._run(run, language)
            if pause is not None:
                last = parts.pop() if parts else _Said("", None, 0.0)
                parts.append(replace(last, after=pause.seconds))
        return _in_one_voice(parts, language)

    def _run(self, texts: Sequence[str], language: str) -> Iterator[_Said]:
        """Parts that no pause separates: as few prompts as possible."""
        at = 0
        while at < len(texts):
            for size in range(min(_TOGETHER, len(texts) - at), 0, -1):
                text = _joint(texts[at : at + size], language)
                if (clip := self._prompts.find(text, language)) is not None:
                    yield _Said(text, clip, gap(text) or (_BETWEEN_PAIRS if chinese.is_pair(text) else 0.0))
                    break
            else:
                size = 1
                yield from self._pieces(texts[at], language)
            at += size

    def _pieces(self, text: str, language: str) -> Iterator[_Said]:
        """A text that is no prompt: clause by clause, its numbers read aloud; a clause that stays unknown, whole."""
        for clause in _CLAUSE.findall(text):
            parts = [part for part in reading.aloud(clause, language) if isinstance(part, str)]
            found = [_Said(part, self._prompts.find(part, language), gap(part)) for part in parts]
            if all(part.clip is not None for part in found):
                yield from found
            elif normalised(clause):
                yield _Said(clause, None, gap(clause))


def _runs(speech: Speech) -> Iterator[tuple[list[str], Pause | None]]:
    run: list[str] = []
    for part in speech:
        if isinstance(part, Pause):
            yield run, part
            run = []
        elif normalised(part):
            run.append(part)
    yield run, None


def _joint(texts: Sequence[str], language: str) -> str:
    return ("" if language == "zh_CN" else " ").join(texts)


def _in_one_voice(parts: list[_Said], language: str) -> list[_Said]:
    """Numbers beside words that only the synthesiser can say become part of them: 28号院 is not said in two voices."""
    numbers = _numbers(language)
    merged: list[_Said] = []
    for part in parts:
        before = merged[-1] if merged else None
        if before is None or before.after or not before.text or not part.text:
            merged.append(part)
            continue
        first, second = (one.clip is None for one in (before, part))
        first_number, second_number = (normalised(one.text) in numbers for one in (before, part))
        if (second and (first or first_number)) or (first and second_number):
            merged[-1] = _Said(_joint((before.text, part.text), language), None, part.after)
        else:
            merged.append(part)
    return merged


@cache
def _numbers(language: str) -> frozenset[str]:
    return frozenset(map(normalised, reading.pieces(language)))


def _joined(parts: Sequence[tuple[_Said, AudioSegment]]) -> bytes:
    whole = clips.segment(b"")
    flush = True
    for part, clip in parts:
        crossfade = 0 if flush else min(_JOINED_MS, len(clip), len(whole))
        whole = whole.append(clip, crossfade=crossfade)
        if part.after:
            whole += AudioSegment.silent(round(part.after * 1000), frame_rate=whole.frame_rate)
        flush = bool(part.after)
    return bytes(whole.raw_data)
