"""Everything that one piece of work changes about a ticket, as one statement."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.fields.relational import ForeignKeyFieldInstance, RelationalField
from tortoise.models import Model

from backend import models
from backend.contract import phone
from backend.database import query
from backend.storage import dues, notices
from backend.storage.dues import NewDue
from backend.storage.notices import NoticeRow
from backend.storage.unit_of_work import REMEMBER, LastStatement, Values, current_unit


def _columns_of(model: type[Model], *, but: Collection[str] = ()) -> tuple[str, ...]:
    """Also before the database is opened, when the model does not name the columns of its foreign keys yet."""
    fields = model._meta.fields_map.items()  # noqa: SLF001 - where Tortoise describes a model
    keys = [f"{name}_id" for name, field in fields if isinstance(field, ForeignKeyFieldInstance)]
    own = [name for name, field in fields if not isinstance(field, RelationalField)]
    return tuple(name for name in dict.fromkeys([*own, *keys]) if name not in but)


TICKET_CHANGES = _columns_of(models.Ticket, but=models.Ticket.AS_FILED)
"""Columns of a ticket that work may change."""
ASSIGNMENT_CHANGES = _columns_of(models.Assignment, but=models.Assignment.AS_DISPATCHED)
_TICKET = _columns_of(models.Ticket)
_ASSIGNMENT = _columns_of(models.Assignment)
_EVENT = _columns_of(models.Event, but=("id",))
_RATING = _columns_of(models.Rating, but=("id",))
_CALL = ("actor", "key", "digest", "status", "body", "created_at")
_WRITTEN = ("changed", "added", "ended", "prefixes", "now", "dues", "notices", "events", "calls_off", "ratings")
_NAMES = ("id", "row_version", *_WRITTEN, *_CALL)
_P = {name: f"${at}" for at, name in enumerate(_NAMES, start=1)}
"""The statement's parameters by name; those of the ticket itself follow them."""
_FIRST_OF_TICKET = len(_NAMES) + 1


def _if_saved(name: str, kind: str = "jsonb") -> str:
    """The parameter, or nothing at all where the ticket was changed meanwhile. The planner knows as little of it as of
    any other, so that it keeps one plan for all.
    """
    return f"(SELECT {_P[name]}::{kind} FROM ticket_row)"


def _insert(table: str, columns: Sequence[str], rows: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, {rows})"


_SET_TICKET = ", ".join(f"{name} = ${at}" for at, name in enumerate(TICKET_CHANGES, start=_FIRST_OF_TICKET))
_SET_ASSIGNMENT = ", ".join(f"{name} = one.{name}" for name in ASSIGNMENT_CHANGES)
_CHANGE = f"""
UPDATE ticket SET {_SET_TICKET}
WHERE id = {_P["id"]} AND ({_P["row_version"]}::xid IS NULL OR xmin = {_P["row_version"]}) RETURNING id
"""
_FILE = f"""
{_insert("ticket", _TICKET, f"${_FIRST_OF_TICKET}")} WHERE {_P["row_version"]}::xid IS NULL RETURNING id
"""
_SAVE = f"""
WITH
    ticket_row AS ({{ticket}}),
    assignment_rows AS (
        UPDATE assignment SET {_SET_ASSIGNMENT} FROM jsonb_populate_recordset(NULL::assignment, {_P["changed"]}) AS one
        WHERE assignment.id = one.id AND assignment.ticket_id = {_if_saved("id", "bigint")}
    ),
    new_assignment_rows AS ({_insert("assignment", _ASSIGNMENT, _if_saved("added"))}),
    due_rows_ended AS (
        UPDATE due SET done_at = {_P["now"]}
        WHERE subject = ANY(coalesce({_if_saved("ended", "text[]")})) AND done_at IS NULL AND EXISTS (
            SELECT FROM unnest({_P["ended"]}::text[], {_P["prefixes"]}::text[]) AS one (subject, prefix)
            WHERE one.subject = due.subject AND starts_with(due.kind, one.prefix)
        )
    ),
    due_rows AS ({dues.PUT.format(rows=_if_saved("dues"))}),
    calls_off AS (
        UPDATE notice SET done_at = {_P["now"]}, outcome = 'withdrawn'
        WHERE ticket_id = {_if_saved("id", "bigint")} AND done_at IS NULL AND channel = '{phone.CHANNEL}'
            AND template = ANY({_P["calls_off"]})
    ),
    notice_rows AS ({notices.PUT.format(rows=_if_saved("notices"))}),
    rating_rows AS ({_insert("rating", _RATING, _if_saved("ratings"))}),
    event_rows AS ({_insert("event", _EVENT, _if_saved("events"))}),
    call_row AS (
        {REMEMBER}
        SELECT {_P["actor"]}::varchar, {_P["key"]}::varchar, {_P["digest"]}::varchar, {_P["status"]}::int,
            {_P["body"]}::text, {_P["created_at"]}::timestamptz
        FROM ticket_row WHERE {_P["key"]}::varchar IS NOT NULL
    )
SELECT id FROM ticket_row
"""
_SAVE_CHANGED = _SAVE.format(ticket=_CHANGE)
_SAVE_FILED = _SAVE.format(ticket=_FILE)
_NO_CALL = (None,) * len(_CALL)


@dataclass
class Saving:
    """The rows to write."""

    ticket: models.Ticket
    now: datetime
    filed: bool = False
    """Whether the ticket itself is new."""
    row_version: int | None = None
    """Of the ticket, as it was read."""
    changed: Sequence[models.Assignment] = ()
    added: Sequence[models.Assignment] = ()
    events: Sequence[models.Event] = ()
    ratings: Sequence[models.Rating] = ()
    ended: Sequence[tuple[str, str]] = ()
    """Due rows no longer needed: their subject, and what their kind begins with."""
    dues: Sequence[NewDue] = ()
    notices: Sequence[NoticeRow] = ()
    calls_off: Sequence[str] = field(default_factory=list)
    """Templates of calls by the phone line that are not made any more."""

    async def write(self) -> None:
        """In a unit of work, as its last statement: it runs when the unit finishes, or before the next statement."""
        last, unit = self.last_statement(), current_unit()
        if unit is not None:
            await unit.end_with(last)
        else:
            sql, values = last(False, ())
            await query(sql, *values)

    def last_statement(self) -> LastStatement:
        """Composed now: what happens to the rows later is not part of it."""
        written = (
            _json(self.changed, ("id", *ASSIGNMENT_CHANGES)),
            _json(self.added, _ASSIGNMENT),
            [subject for subject, _ in self.ended],
            [prefix for _, prefix in self.ended],
            self.now,
            dues.as_json(self.dues),
            notices.as_json(self.notices),
            _json(self.events, _EVENT),
            list(self.calls_off),
            _json(self.ratings, _RATING),
        )
        sql = _SAVE_FILED if self.filed else _SAVE_CHANGED
        ticket = (
            [_json([self.ticket], _TICKET)] if self.filed else [getattr(self.ticket, one) for one in TICKET_CHANGES]
        )
        id_, read = self.ticket.id, self.row_version

        def make(checked: bool, call: Values) -> tuple[str, Values]:
            return sql, [id_, read if checked else None, *written, *(call or _NO_CALL), *ticket]

        return make


def _json(rows: Sequence[Model], columns: Sequence[str]) -> str:
    found: list[dict[str, Any]] = [{name: getattr(row, name) for name in columns} for row in rows]
    return json.dumps(found, ensure_ascii=False, default=datetime.isoformat)
