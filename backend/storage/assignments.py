"""Assignments: the parts of tickets that units have."""

from __future__ import annotations

from collections.abc import Collection

from backend import models
from backend.storage.rows import find

_OF_TICKETS = "SELECT * FROM assignment WHERE ticket_id = ANY($1) ORDER BY id"


async def of_tickets(ticket_ids: Collection[int]) -> dict[int, list[models.Assignment]]:
    """By ticket."""
    found: dict[int, list[models.Assignment]] = {}
    for one in await find(models.Assignment, _OF_TICKETS, list(ticket_ids)) if ticket_ids else []:
        found.setdefault(one.ticket_id, []).append(one)
    return found
