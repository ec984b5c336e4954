"""The events of a ticket."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from backend.contract import events
from backend.contract.events import Event
from backend.contract.words import EventKind

from .base import Answer
from .tickets import RatingOut


class EventOut(Answer):
    seq: int
    at: AwareDatetime
    kind: Annotated[EventKind | str, Field(union_mode="left_to_right")]
    """An `EventKind`; a plain string for one that only a newer program knows."""
    actor: str
    """contact, staff, system, or a service's name."""
    staff: str | None = None
    """Name of the member of staff; the enterprise sees units only."""
    department: str | None
    channel: str | None
    reason: str | None
    data: dict[str, Any]
    rating: RatingOut | None = None
    """Of an event `rated`, for staff who learn it."""

    @property
    def typed(self) -> Event | None:
        """What `kind` and `data` say; None for what only a newer program understands."""
        return events.read(self.kind, self.data)


class EventPage(Answer):
    items: list[EventOut]
    next: str | None
