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
    joint, short, long = (" ", ", ", ". ") if language == "en" else ("", "，", "。")
    shown, silence, last = "", 0.0, ""
    for part in prompt:
        if isinstance(part, Pause):
            silence += part.seconds
            continue
        text = part.text if isinstance(part, Clip) else part
        if not text:
            continue
        if not shown or shown[-1] in _ENDS:
            shown += joint if shown else ""
        elif silence and _is_figure(last, language) and _is_figure(text, language):
            shown += short.replace("，", " ")  # the groups of a number
        elif silence:
            shown += long if silence >= _LONG else short
        elif len(last) > 1 or len(text) > 1:
            shown += joint
        shown += text
        silence, last = 0.0, text
    return shown


def _is_figure(text: str, language: str) -> bool:
    return text in _figures(language)


@cache
def _figures(language: str) -> frozenset[str]:
    return frozenset(part for part in digits("0123456789", language) if isinstance(part, str))
