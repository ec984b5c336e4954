"""How the person rated the answer, and what came of it."""

from __future__ import annotations

from backend.contract.events.event import Event, Shown
from backend.contract.words import EventKind, TicketState


class Rated(Event):
    """Grade and words are the rating's, which is read beside it."""

    kind = EventKind.RATED
    allowed_in = (TicketState.COMPLETED,)
    shown = True

    round: Shown[int]
    right: Shown[str] = "own"
    """By what right: `own` ticket, `phone` on file, or retrieval `code`."""


class Redone(Event):
    """Dissatisfied: it is done again."""

    kind = EventKind.REDONE
    allowed_in = (TicketState.COMPLETED,)
    leads_to = TicketState.ACCEPTED
    shown = True

    round: Shown[int]
    """The new one."""


class LevelledUp(Event):
    """Dissatisfied again: one level up 提级办理."""

    kind = EventKind.LEVELLED_UP
    allowed_in = (TicketState.COMPLETED,)
    leads_to = TicketState.ACCEPTED
    shown = True

    round: Shown[int]
    """The new one."""


class RatingExpired(Event):
    """Nobody rated it in time."""

    kind = EventKind.RATING_EXPIRED
    allowed_in = (TicketState.COMPLETED,)
    shown = True

    round: Shown[int]
