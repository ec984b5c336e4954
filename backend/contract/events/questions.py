"""What became of questions to the enterprise; their clocks are replayed from these."""

from __future__ import annotations

from backend.contract.events.event import Event, Inside, Shown
from backend.contract.words import OPEN_STATES, EventKind


class Asked(Event):
    kind = EventKind.ASKED
    allowed_in = OPEN_STATES
    gone_by = True
    shown = True

    question: Shown[int]
    assignment: Shown[int | None] = None
    """Who asked; None: the desk."""


class Answered(Event):
    kind = EventKind.ANSWERED
    allowed_in = OPEN_STATES
    gone_by = True
    shown = True

    question: Shown[int]
    assignment: Shown[int | None] = None
    files: Shown[int] = 0
    """How many came with it."""


class Undelivered(Event):
    """A question did not reach the enterprise: it stopped no clock, from the beginning."""

    kind = EventKind.UNDELIVERED
    allowed_in = OPEN_STATES
    gone_by = True
    clock_only = True

    question: Inside[int]
    assignment: Inside[int | None] = None
    why: Inside[str]
    """A `FailedReason`, or `unseen`."""


class Unanswered(Event):
    """A question was open as long as it may stop a clock: the clock goes on."""

    kind = EventKind.UNANSWERED
    allowed_in = OPEN_STATES
    gone_by = True
    clock_only = True
    shown = True

    question: Shown[int]
    assignment: Shown[int | None] = None


AboutQuestion = Asked | Answered | Undelivered | Unanswered
"""The events that say what became of questions."""
