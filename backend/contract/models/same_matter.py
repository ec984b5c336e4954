"""What is about to be filed, and the requests it may be the same matter as."""

from __future__ import annotations

from pydantic import AwareDatetime

from backend.contract.words import Kind, TicketState

from .base import Answer, Request
from .filing import Place
from .values import Line, Prose, Slug


class MatterIn(Request):
    """What of a form tells which matter it is; as in `NewTicket`."""

    kind: Kind
    scenario: Slug
    title: Line
    story: Prose
    district: Slug | None = None
    address: Line | None = None
    location: Place | None = None
    hidden_reporter: bool = False


class SameMatterOut(Answer):
    number: str
    title: str
    state: TicketState
    created_at: AwareDatetime


class SameMatters(Answer):
    items: list[SameMatterOut]
    """Newest first, three at most."""
