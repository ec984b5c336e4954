"""What time does to a ticket: warnings, escalations, reminders, limits reckoned again, the end of its term."""

from __future__ import annotations

from typing import Literal

from backend.contract.events.event import ANY_STATE, Event, Inside, Shown
from backend.contract.words import ENDED_STATES, OPEN_STATES, EventKind, TicketState, WarningLevel


class Warned(Event):
    kind = EventKind.WARNED
    allowed_in = OPEN_STATES
    clock_only = True

    assignment: Inside[int]
    level: Inside[WarningLevel]


class WarningLifted(Event):
    """Its cause is gone."""

    kind = EventKind.WARNING_LIFTED
    allowed_in = ANY_STATE
    clock_only = True

    assignment: Inside[int]
    level: Inside[WarningLevel]
    """What it was."""


class Escalated(Event):
    """A limit passed, and those above were told."""

    kind = EventKind.ESCALATED
    allowed_in = OPEN_STATES
    clock_only = True

    what: Inside[str]
    """The limit: of a part `sign`, `contact`, `interim`, `resolve`; of a desk `verify`, `dispatch`, `decide`,
    `call_back`.
    """
    assignment: Inside[int | None] = None
    to: Inside[int | None] = None
    """The department; None: the office or the desk."""


class Reminded(Event):
    kind = EventKind.REMINDED
    allowed_in = OPEN_STATES | {TicketState.COMPLETED}
    clock_only = True

    what: Inside[Literal["rating", "follow_up", "question"]]
    question: Inside[int | None] = None
    assignment: Inside[int | None] = None


class Reckoned(Event):
    """Limits were reckoned again, when a year's holidays became known."""

    kind = EventKind.RECKONED
    allowed_in = OPEN_STATES
    clock_only = True
    shown = True


class Cleared(Event):
    """Its term is over: files, or all that tells of a person, were removed."""

    kind = EventKind.CLEARED
    allowed_in = ENDED_STATES
    clock_only = True
    shown = True

    what: Shown[Literal["files", "person"]]
    files: Shown[int]
