"""Notices: the outbox, and what becomes of what waits in it; channels take from it in `claims`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.contract import phone
from backend.contract.channels import TELEGRAM_STAFF, WEB_STAFF
from backend.contract.notices.to_enterprise import Completed, QuestionAsked, QuestionReminder
from backend.contract.words import AssignmentState, TicketState
from backend.database import execute, query
from backend.rules.roles import OVERSEERS
from backend.storage.departments import group_address

PUT = """
INSERT INTO notice (key, channel, address, fallback, language, template, args, ticket_id, ready_at, attempts)
SELECT key, channel, address, fallback, language, template, args, ticket_id, ready_at, 0
FROM jsonb_populate_recordset(NULL::notice, {rows})
ON CONFLICT (key) DO NOTHING
"""
"""Writes `as_json` rows, given as the parameter `{rows}`; one whose key is there already was posted before."""
_PUT = PUT.format(rows="$1")
_HASTEN = """
UPDATE notice SET ready_at = $1
WHERE ticket_id = $2 AND done_at IS NULL AND attempts = 0 AND ready_at > $1
    AND NOT (channel = $3 AND template = ANY($4))
RETURNING channel
"""
_WITHDRAW_FOR = """
UPDATE notice SET done_at = $1, outcome = 'withdrawn'
WHERE ticket_id = $2 AND done_at IS NULL AND (channel, address) IN (
    SELECT $4, id::text FROM staff WHERE department_id = ANY($3) AND NOT roles ?| $6
    UNION ALL
    SELECT identity.channel, identity.external_id FROM identity JOIN staff ON staff.id = identity.staff_id
    WHERE staff.department_id = ANY($3) AND NOT staff.roles ?| $6
    UNION ALL
    SELECT $5, $7 || group_chat FROM department WHERE id = ANY($3) AND group_chat IS NOT NULL
)
"""
_CALL_OFF = """
UPDATE notice SET done_at = $1, outcome = 'withdrawn'
WHERE ticket_id = $2 AND done_at IS NULL AND channel = $3 AND template = ANY($4)
    AND ($5::bigint IS NULL OR args @> jsonb_build_object('question', $5::bigint))
RETURNING id
"""
# By the tickets of the person, since notices have no index by address. Locked, so that two who notice the return at the
# same time tell it once.
_MISSED = f"""
SELECT notice.id, notice.template, notice.ticket_id, ticket.state,
    question.answered_at IS NULL AND (question.assignment_id IS NULL OR part.state = $4) AS open_question
FROM notice
JOIN ticket ON ticket.id = notice.ticket_id AND ticket.cleared_at IS NULL
LEFT JOIN question ON notice.template = '{QuestionAsked.template}' AND question.id = (notice.args->>'question')::bigint
LEFT JOIN assignment AS part ON part.id = question.assignment_id
WHERE ticket.contact_id = $1 AND notice.channel = $2 AND notice.address = $3 AND notice.outcome IN ('blocked', 'gone')
ORDER BY notice.id FOR UPDATE OF notice
"""
_AGAIN = f"""
UPDATE notice SET done_at = NULL, outcome = NULL, attempts = 0, ready_at = $2,
    args = CASE
        WHEN template = '{Completed.template}' AND ticket.state = 'closed' THEN args || '{{"over": true}}'
        ELSE args
    END
FROM ticket WHERE notice.id = ANY($1) AND ticket.id = notice.ticket_id
"""
_SHOWN = """
SELECT FROM notice WHERE ticket_id = $1 AND template = ANY($3) AND outcome = 'sent'
    AND args @> jsonb_build_object('question', $2::bigint)
UNION ALL
SELECT FROM event WHERE ticket_id = $1 AND kind = 'called' AND actor_kind = 'staff' AND at >= $4
    AND data->>'outcome' = 'answered'
"""
_TELLING = (QuestionAsked.template, QuestionReminder.template)
_MOVE = "UPDATE notice SET address = $3 WHERE channel = $1 AND address = $2 AND done_at IS NULL"
_DROP = """
DELETE FROM notice WHERE done_at IS NULL
    AND (channel, address) IN (SELECT channel, external_id FROM identity WHERE id = ANY($1::bigint[]))
"""
_DROP_FALLBACKS = """
UPDATE notice SET fallback = notice.fallback - identity.external_id FROM identity
WHERE identity.id = ANY($1::bigint[]) AND notice.done_at IS NULL AND notice.channel = identity.channel
    AND notice.fallback ? identity.external_id
"""
"""A group's notice goes to its members one by one where the group cannot have it."""
_WAITING = """
WITH RECURSIVE channels AS (
    (SELECT channel FROM notice WHERE done_at IS NULL ORDER BY channel LIMIT 1)
    UNION ALL
    SELECT (SELECT channel FROM notice WHERE done_at IS NULL AND channel > before.channel ORDER BY channel LIMIT 1)
    FROM channels AS before WHERE before.channel IS NOT NULL
)
SELECT channel,
    (SELECT count(*) FROM (
        SELECT FROM notice WHERE done_at IS NULL AND channel = one.channel LIMIT $2
    ) AS counted) AS depth,
    (SELECT count(*) FROM (
        SELECT FROM notice WHERE done_at IS NULL AND channel = one.channel AND ready_at <= $1 LIMIT $2
    ) AS counted) AS ready,
    (SELECT extract(epoch FROM $1 - min(ready_at))::float8 FROM notice
        WHERE done_at IS NULL AND channel = one.channel AND ready_at <= $1) AS lag
FROM channels AS one WHERE channel IS NOT NULL
"""
"""The first lines step from channel to channel by the index that claims go by."""


@dataclass(frozen=True)
class NoticeRow:
    key: str
    """Unique for ever: what happened, and who is told."""
    channel: str
    address: str
    fallback: tuple[str, ...]
    language: str
    template: str
    args: dict[str, object]
    ticket_id: int | None
    ready_at: datetime


@dataclass(frozen=True)
class Missed:
    """A notice that did not reach somebody who had shut us out."""

    id: int
    template: str
    ticket_id: int
    state: TicketState
    """Of the ticket, now."""
    asks: bool
    """Whether it tells of a question that still waits for its answer."""


@dataclass(frozen=True)
class Waiting:
    """What waits for one channel."""

    channel: str
    depth: int
    ready: int
    """Of these, what could be delivered now."""
    lag: float
    """Seconds since the oldest of those could be."""


async def put(rows: Iterable[NoticeRow]) -> None:
    """One whose key is there already was posted before."""
    await execute(_PUT, as_json(rows))


def as_json(rows: Iterable[NoticeRow]) -> str:
    found = [{**vars(row), "ready_at": row.ready_at.isoformat()} for row in rows]
    return json.dumps(found, ensure_ascii=False)


async def hasten(ticket_id: int, now: datetime) -> set[str]:
    """What waits for the end of the quiet hours is ready now, but for calls; the channels that have some of it."""
    hastened = await query(_HASTEN, now, ticket_id, phone.CHANNEL, list(phone.CALLED))
    return {str(row["channel"]) for row in hastened}


async def withdraw_for(ticket_id: int, departments: Collection[int], now: datetime) -> None:
    """What waits for these departments is not delivered, but to overseers among them."""
    page, groups, overseers = WEB_STAFF.name, TELEGRAM_STAFF.name, [str(role) for role in OVERSEERS]
    of = [now, ticket_id, list(departments)]
    await execute(_WITHDRAW_FOR, *of, page, groups, overseers, group_address(""))


async def call_off(ticket_id: int, templates: Collection[str], question: int | None, now: datetime) -> bool:
    """The calls of these kinds, or only those about this question, are not made; whether one still waited."""
    return bool(await query(_CALL_OFF, now, ticket_id, phone.CHANNEL, list(templates), question))


async def was_shown(ticket_id: int, question: int, asked_at: datetime) -> bool:
    """Whether a message with this question arrived, or a seat has talked to the person since."""
    return bool(await query(_SHOWN, ticket_id, question, list(_TELLING), asked_at))


async def missed(contact_id: int, channel: str, address: str) -> list[Missed]:
    """What this contact's account did not get, oldest first; locked."""
    rows = await query(_MISSED, contact_id, channel, address, AssignmentState.SIGNED.value)
    return [
        Missed(row["id"], row["template"], row["ticket_id"], TicketState(row["state"]), asks=bool(row["open_question"]))
        for row in rows
    ]


async def send_again(ids: Collection[int], now: datetime) -> None:
    """An answer to a ticket that is closed by now asks for no rating."""
    await execute(_AGAIN, list(ids), now)


async def move(channel: str, address: str, to: str) -> None:
    """What waits for this address goes to that one."""
    await execute(_MOVE, channel, address, to)


async def drop_of(identities: Collection[int]) -> None:
    """What waits for these accounts is told there no more."""
    await execute(_DROP, list(identities))
    await execute(_DROP_FALLBACKS, list(identities))


async def waiting(now: datetime, counted: int) -> list[Waiting]:
    """By channel, counted up to so many."""
    rows = await query(_WAITING, now, counted)
    return [Waiting(row["channel"], row["depth"], row["ready"], row["lag"] or 0.0) for row in rows]
