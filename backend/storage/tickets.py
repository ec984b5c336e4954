"""Tickets by what several have in common; one with all that belongs to it is read in `ticket_rows`."""

from __future__ import annotations

from collections.abc import Collection

from backend import models
from backend.contract.words import TicketState
from backend.database import query

_LATEST = 100
"""Tickets of an account that are looked at: a switchboard's may be thousands."""
_ALIKE = """
SELECT number FROM (SELECT * FROM ticket WHERE contact_id = $1 ORDER BY id DESC LIMIT $4) AS ticket
WHERE id <> $2 AND state = ANY($3) AND NOT hidden_reporter
    AND contact_name IS NOT DISTINCT FROM $5 AND coalesce(enterprise_uscc, enterprise_name) IS NOT DISTINCT FROM $6
ORDER BY id DESC LIMIT 20
"""
_OWN_IDS = "SELECT id FROM ticket WHERE number = ANY($1) AND contact_id = $2 ORDER BY id"
_PROVISIONAL = """
SELECT id FROM ticket WHERE provisional AND state IN ('submitted', 'accepted', 'handling') AND id > $1
ORDER BY id LIMIT $2
"""


async def alike(ticket: models.Ticket, states: Collection[TicketState]) -> list[str]:
    """Numbers of others in these states by the same contact for the same firm, the latest first: an accountant's other
    firms have nothing to do with it.
    """
    by, firm = ticket.contact_name, ticket.enterprise_uscc or ticket.enterprise_name
    rows = await query(_ALIKE, ticket.contact_id, ticket.id, list(states), _LATEST, by, firm)
    return [row["number"] for row in rows]


async def own_ids(contact_id: int | None, numbers: Collection[str]) -> list[int]:
    """In order, of those that are this contact's."""
    return [row["id"] for row in await query(_OWN_IDS, list(numbers), contact_id)]


async def provisional(after: int, limit: int) -> list[int]:
    """Ids of open tickets, after this one, whose limits reach into a year that was not known."""
    return [int(row["id"]) for row in await query(_PROVISIONAL, after, limit)]
