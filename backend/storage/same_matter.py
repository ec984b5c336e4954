"""Tickets that a request may be the same matter as."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from backend import models
from backend.contract.words import OPEN_STATES, Kind, TicketState

_OPEN = sorted(OPEN_STATES)
_MOST = 200
"""Looked at, the newest: a city has so many open ones of a scenario in a month at most."""


async def of_contact(contact_id: int, scenario: str, since: datetime, never: Collection[Kind]) -> list[models.Ticket]:
    """The contact's own: open, or answered and not rated yet."""
    states = [*_OPEN, TicketState.COMPLETED]
    found = models.Ticket.filter(contact_id=contact_id, scenario=scenario, state__in=states, created_at__gte=since)
    return await found.filter(hidden_reporter=False).exclude(kind__in=list(never)).order_by("-id").limit(_MOST)


async def open_ones(scenario: str, since: datetime, never: Collection[Kind], but: int) -> list[models.Ticket]:
    """Anybody's that are open, without ticket `but`."""
    found = models.Ticket.filter(state__in=_OPEN, scenario=scenario, created_at__gte=since, hidden_reporter=False)
    return await found.exclude(kind__in=list(never)).exclude(id=but).order_by("-id").limit(_MOST)
