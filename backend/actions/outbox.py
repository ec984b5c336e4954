"""Writing notices into the outbox, in the transaction of the change they tell of."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.actions import recipients
from backend.actions.context import Context
from backend.actions.recipients import Recipient
from backend.contract import phone
from backend.contract.channels import TELEGRAM_STAFF, WEB_STAFF, channel_named
from backend.contract.notices import Notice
from backend.database import execute, query
from backend.rules import calling, quiet_hours
from backend.rules.roles import OVERSEERS

POST = """
INSERT INTO notice (key, channel, address, fallback, language, template, args, ticket_id, ready_at, attempts)
SELECT key, channel, address, fallback, language, template, args, ticket_id, ready_at, 0
FROM jsonb_populate_recordset(NULL::notice, {rows})
ON CONFLICT (key) DO NOTHING
"""
"""Writes `as_json` rows, given as the parameter `{rows}`; one whose key is there already was posted before."""


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


@dataclass(frozen=True)
class NewNotice:
    key: str
    """Unique for ever: what happened, and who is told."""
    to: Recipient
    notice: Notice
    ticket_id: int | None = None
    at_once: bool = False
    """It is urgent; its kind may say so, too."""


async def post(context: Context, notices: Iterable[NewNotice]) -> None:
    await execute(POST.format(rows="$1"), as_json(context, notices))


async def post_by_command(now: datetime, notices: Iterable[NewNotice]) -> None:
    """For a command on the machine, which knows no policy: all at once, found when the channels look next."""
    await execute(POST.format(rows="$1"), _json([_row(notice, now) for notice in notices]))


async def hasten(context: Context, ticket_id: int) -> None:
    """Send now what waits for the end of the quiet hours: the ticket has become urgent. Calls keep their hours."""
    hastened = await query(_HASTEN, context.now, ticket_id, phone.CHANNEL, list(phone.CALLED))
    context.wakes.update(str(row["channel"]) for row in hastened)


async def withdraw_for(context: Context, ticket_id: int, departments: Collection[int]) -> None:
    """What waits for these departments is not delivered: they do not read the ticket any more. Hold its lock."""
    page, groups, overseers = WEB_STAFF.name, TELEGRAM_STAFF.name, [str(role) for role in OVERSEERS]
    of = [context.now, ticket_id, list(departments)]
    await execute(_WITHDRAW_FOR, *of, page, groups, overseers, recipients.group(""))


def as_json(context: Context, notices: Iterable[NewNotice]) -> str:
    """The rows to write; whoever delivers them will be woken."""
    rows = [_row(notice, _ready_at(context, notice)) for notice in notices]
    context.wakes.update(str(row["channel"]) for row in rows)
    return _json(rows)


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def _row(notice: NewNotice, ready_at: datetime) -> dict[str, Any]:
    to = notice.to
    return {
        "key": f"{notice.key}.{to.channel}.{to.address}",
        "channel": to.channel,
        "address": to.address,
        "fallback": list(to.fallback),
        "language": to.language,
        "template": notice.notice.template,
        "args": notice.notice.args(),
        "ticket_id": notice.ticket_id,
        "ready_at": ready_at.isoformat(),
        "attempts": 0,
    }


def _ready_at(context: Context, notice: NewNotice) -> datetime:
    """By the policy in force now: it says when people may be disturbed today, whatever ticket it is about."""
    if phone.is_call(notice.to.channel, notice.notice.template):
        return calling.earliest(context.now, context.policy)
    # A page shows it only to somebody who is looking: it interrupts nobody, and so has no quiet hours.
    at_once = notice.at_once or notice.notice.at_once
    if at_once or channel_named(notice.to.channel).is_page:
        return context.now
    return quiet_hours.earliest(context.now, at_once, context.policy.quiet_hours, context.timezone)
