"""What is played to a caller: words to be said, and between them audio of the caller's own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ivr.voice.reading import digits
from ivr.voice.speech import Part, Pause, Speech

_LONG = 0.3
"""Seconds of silence from which a caption shows the end of a sentence."""
_ENDS = "，。、；：？！,.;:?!"


@dataclass(frozen=True)
class Clip:
    """What the caller said, played back."""

    pcm: bytes
    """8 kHz, 16-bit."""
    text: str
    """What was understood of it, for the caption."""


Prompt = tuple[Part | Clip, ...]


def stretches(prompt: Prompt) -> Iterator[Speech | Clip]:
    """The prompt as speeches and clips, in order."""
    for is_clip, parts in itertools.groupby(prompt, lambda part: isinstance(part, Clip)):
        found = tuple(parts)
        if is_clip:
            yield from (part for part in found if isinstance(part, Clip))
        else:
            yield tuple(part for part in found if not isinstance(part, Clip))


def caption(prompt: Prompt, language: str) -> str:
    """The prompt to be read: with punctuation where silence separates its parts."""
    shown, silence, last = "", 0.0, ""
    for part in prompt:
        if isinstance(part, Pause):
            silence += part.seconds
            continue
        text = part.text if isinstance(part, Clip) else part
        if not text:
            continue
        shown += _between(shown, silence, last, text, language) + text
        silence, last = 0.0, text
    return shown


def _between(shown: str, silence: float, last: str, text: str, language: str) -> str:
    """The punctuation between what is shown so far, which ends with `last`, and the next text."""
    joint, short, long = (" ", ", ", ". ") if language == "en" else ("", "，", "。")
    if not shown:
        return ""
    if shown[-1] in _ENDS:
        return joint
    if silence and _is_figure(last, language) and _is_figure(text, language):
        return short.replace("，", " ")  # the groups of a number
    if silence:
        return long if silence >= _LONG else short
    return joint if len(last) > 1 or len(text) > 1 else ""


def _is_figure(text: str, language: str) -> bool:
    return text in _figures(language)


@cache
def _figures(language: str) -> frozenset[str]:
    return frozenset(part for part in digits("0123456789", language) if isinstance(part, str))
