"""Files of tickets."""

from __future__ import annotations

from typing import Literal

from .base import Answer, Request
from .values import Prose


class AttachmentOut(Answer):
    id: str
    kind: Literal["photo", "file", "voice", "video"]
    media_type: str
    size: int
    """Bytes."""
    name: str
    transcript: str | None = None
    """What is said in a recording, as a machine heard it."""
    rating_round: int | None = None
    """The round whose rating it came with, such as its spoken comment; None: it came with anything else."""


class TranscriptIn(Request):
    text: Prose
