"""Where something is said: the channel, what is open, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.form import Form
from dialogs.templates.scenario import Question, Scenario

Medium = Literal["chat", "phone"]
"""How words come: typed, or written by a recogniser, which gives no punctuation and may mistake a sound."""


@dataclass(frozen=True)
class Context:
    """Everything that the meaning of a message depends on, besides its words."""

    now: datetime
    """In the city's own time zone."""
    channel: Medium = "chat"
    scenario: Scenario | None = None
    form: Form | None = None
    """The form that is open, of that scenario; None outside forms."""
    question: Question | None = None
    """Which of its questions stands; None at its summary."""
    asked: str = ""
    """What stands besides forms, as `verb/stage` of the errand: `rate/grade`, `rate/solved`, `add/words`."""
