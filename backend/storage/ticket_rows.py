"""A ticket with all the rows that belong to it, read by one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend import models
from backend.contract.events import model_of
from backend.contract.words import EventKind
from backend.database import query
from backend.storage.rows import rows_of
from backend.storage.unit_of_work import current_unit

EVENTS = frozenset(kind for kind in EventKind if (model := model_of(kind)) is not None and model.gone_by)
"""Kinds of events that actions and views go by; others are read by who asks for the ticket's history."""

_READ = """
SELECT ticket.*, ticket.xmin AS row_version,
    ARRAY(SELECT one FROM assignment AS one WHERE one.ticket_id = ticket.id ORDER BY id) AS assignments,
    ARRAY(SELECT one FROM event AS one WHERE one.ticket_id = ticket.id AND kind = ANY($2) ORDER BY seq) AS events,
    ARRAY(SELECT one FROM rating AS one WHERE one.ticket_id = ticket.id ORDER BY round) AS ratings,
    ARRAY(SELECT one FROM question AS one WHERE one.ticket_id = ticket.id ORDER BY id) AS questions,
    ARRAY(SELECT one FROM attachment AS one WHERE one.ticket_id = ticket.id ORDER BY created_at, id) AS files,
    (SELECT name FROM enterprise WHERE id = ticket.enterprise_id) AS registered,
    identity.channel, identity.external_id
FROM ticket JOIN identity ON identity.id = ticket.identity_id
WHERE {which}
"""
_BY_ID = "ticket.id = $1"
_BY_NUMBER = "ticket.number = $1"
_BY_ASSIGNMENT = "ticket.id = (SELECT ticket_id FROM assignment WHERE id = $1)"
_NEW = """
SELECT next_ticket_sequence($1), nextval(pg_get_serial_sequence('ticket', 'id')),
    ARRAY(SELECT nextval(pg_get_serial_sequence('assignment', 'id')) FROM generate_series(1, $2))
"""
_NEW_PARTS = "SELECT nextval(pg_get_serial_sequence('assignment', 'id')) FROM generate_series(1, $1)"
_LOCK = "SELECT FROM ticket WHERE {which} FOR UPDATE"
_GUARD = "SELECT FROM ticket WHERE id = $1 AND xmin = $2 FOR UPDATE"


@dataclass
class TicketRows:
    ticket: models.Ticket
    account: tuple[str, str]
    """Channel and address of the account it came from."""
    assignments: list[models.Assignment] = field(default_factory=list)
    events: list[models.Event] = field(default_factory=list)
    """Those of the kinds in `EVENTS`, oldest first."""
    ratings: list[models.Rating] = field(default_factory=list)
    questions: list[models.Question] = field(default_factory=list)
    files: list[models.Attachment] = field(default_factory=list)
    registered: str | None = None
    """The enterprise's registered name, if it is confirmed."""
    row_version: int | None = None
    """Another one as soon as anything changes the ticket's row."""


async def read(ticket_id: int) -> TicketRows:
    found = await _read(_BY_ID, ticket_id)
    assert found is not None
    return found


async def read_number(number: str) -> TicketRows | None:
    return await _read(_BY_NUMBER, number)


async def hold(ticket_id: int) -> TicketRows | None:
    """To change it: nobody else does before this work is saved, or this work is done again."""
    return await _hold(_BY_ID, ticket_id)


async def hold_number(number: str) -> TicketRows | None:
    return await _hold(_BY_NUMBER, number)


async def hold_assignment(assignment_id: int) -> TicketRows | None:
    """The ticket of this assignment."""
    return await _hold(_BY_ASSIGNMENT, assignment_id)


async def new_ticket_numbers(day: date, parts: int) -> tuple[int, int, list[int]]:
    """The next number of that day, from 1, with gaps from what was rolled back; an id, and ids of so many parts."""
    sequence, id_, ids = (await _ask(_NEW, day, parts))[0]
    return sequence, id_, ids


async def new_parts(count: int) -> list[int]:
    """Ids of assignments."""
    return [row[0] for row in await _ask(_NEW_PARTS, count)]


async def _hold(which: str, value: int | str) -> TicketRows | None:
    unit = current_unit()
    if unit is None or unit.locking or unit.begun:
        # Read after the lock is held: what others did to the other rows before is then visible.
        await query(_LOCK.format(which=which), value)
        return await _read(which, value)
    found = await _read(which, value)
    if found is not None:
        unit.guard(_GUARD, found.ticket.id, found.row_version)
    return found


async def _read(which: str, value: int | str) -> TicketRows | None:
    rows = await _ask(_READ.format(which=which), value, list(EVENTS))
    return _rows(rows[0]) if rows else None


async def _ask(sql: str, *values: Any) -> list[Any]:
    """Without beginning a transaction."""
    unit = current_unit()
    return await (query if unit is None else unit.read)(sql, *values)


def _rows(row: Any) -> TicketRows:
    def of(model: type[Any], name: str) -> list[Any]:
        return rows_of(model, row[name])

    return TicketRows(
        ticket=rows_of(models.Ticket, [row])[0],
        account=(row["channel"], row["external_id"]),
        assignments=of(models.Assignment, "assignments"),
        events=of(models.Event, "events"),
        ratings=of(models.Rating, "ratings"),
        questions=of(models.Question, "questions"),
        files=of(models.Attachment, "files"),
        registered=row["registered"],
        row_version=row["row_version"],
    )
