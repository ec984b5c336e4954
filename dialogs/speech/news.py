"""What becomes known while speech is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SpeechBegan:
    """The caller is speaking: time to stop the prompt."""

    at: int
    """The frame in which it began, counted from the first one fed."""


@dataclass(frozen=True)
class Heard:
    """The caller said something, and paused."""

    key: str | None
    """What it means to the question; None when it was no answer."""
    text: str
    """The words understood, without spaces; may be empty. Private: not for logs."""
    confidence: float
    """0 to 1, of the least certain word. Often 1 when wrong: confirm what has consequences."""
    began_at: int
    """The frame of the first word's beginning, counted from the first frame fed."""
    ended_at: int
    """The frame after the last word's end; the pause that ended the utterance comes on top."""
    audio: bytes = b""
    """What was said, where it was no answer, or its first half minute: to be heard without a grammar. Private."""
    alarm: str = ""
    """What cannot wait for an answer and may have been said, whatever else was: a phrase."""


SpeechEvent = SpeechBegan | Heard
