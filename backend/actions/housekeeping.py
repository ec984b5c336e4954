"""Remove what has served its time: old answers to repeated calls, expired log-ins and codes, notices nobody came for,
files nobody filed.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from backend import models
from backend.actions.context import Context
from backend.contract.channels import WEB_STAFF
from backend.database import PRESENT, query
from backend.files import folder

EVERY = timedelta(hours=6)
AT_A_TIME = 1000
"""Rows of a table in one batch, which is one transaction and takes well under a second."""
_FILES_AT_A_TIME = 100
_CALLS_KEPT = timedelta(days=7)
"""How long a repeated call is recognised; no client of ours retries for longer than minutes."""
_NOTICES_KEPT = timedelta(days=90)


def _removal(table: str, age: str, *, key: str = "id", only: str = "true") -> str:
    """Finds the oldest by an index on the age alone (0002_guards, 0008_lists): a table is never read through.

    An array is found once. What stands after IN may be looked for anew for each row, and then passes over those that
    were just deleted: more than a batch would go.
    """
    return f"""
    DELETE FROM {table} WHERE {key} = ANY(ARRAY(
        SELECT {key} FROM {table} WHERE {age} < {PRESENT} - $2::interval AND {only}
        ORDER BY {age} LIMIT $3 FOR UPDATE SKIP LOCKED
    )) RETURNING 1
    """  # noqa: S608  # our own constants


_CALLS = _removal("idempotent_call", "created_at")
_SESSIONS = _removal("staff_session", "expires_at", key="digest")
_CODES = _removal("binding_code", "expires_at", key="digest")
_NOTICES = _removal("notice", "done_at")
_DUES = _removal("due", "done_at")
# The condition is the guard's own: the law's term holds, whatever the policy says.
_LOOKS = _removal("access_log", "at", only="at < now() - term_of('access_log_days')")
_FAILED_LOG_INS = _removal("failed_log_in", "at", only="at < now() - term_of('failed_log_ins_days')")
_STAFF_UNREAD = _removal("notice", "ready_at", only=f"done_at IS NULL AND channel = '{WEB_STAFF.name}'")
"""The page shows what a queue shows, too: whoever comes back after a month reads that."""
_DRAFTS_UNREAD = _removal("notice", "ready_at", only="done_at IS NULL AND ticket_id IS NULL")
"""They tell of a draft that has gone; what tells of a ticket goes with it, in `retention`."""

_UNFILED = f"""
SELECT id FROM attachment WHERE ticket_id IS NULL AND created_at < {PRESENT} - $2::interval AND NOT EXISTS (
    SELECT FROM draft WHERE contact_id = attachment.contact_id AND strpos(form::text, attachment.id::text) > 0
) ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
"""  # noqa: S608
"""What a draft names lives as long as the draft. Locked: what is being filed at this moment is passed over."""


async def tidy(context: Context) -> bool:
    """One batch of each; True when there may be more. Terms go by the policy in force now, as in `retention`."""
    now, rules = context.now, context.policy.retention
    removed = [
        await _remove(_CALLS, now, _CALLS_KEPT),
        await _remove(_SESSIONS, now),
        await _remove(_CODES, now),
        await _remove(_STAFF_UNREAD, now, timedelta(days=rules.staff_notices_days)),
        await _remove(_DRAFTS_UNREAD, now, timedelta(days=rules.drafts_days)),
        await _remove(_NOTICES, now, _NOTICES_KEPT),
        await _remove(_DUES, now, _NOTICES_KEPT),
        await _remove(_LOOKS, now, timedelta(days=rules.access_log_days)),
        await _remove(_FAILED_LOG_INS, now, timedelta(days=rules.failed_log_ins_days)),
    ]
    files = await _forget_files(context)
    return AT_A_TIME in removed or files == _FILES_AT_A_TIME


async def _remove(sql: str, now: datetime, kept: timedelta = timedelta(0)) -> int:
    return len(await query(sql, now, kept, AT_A_TIME))


async def _forget_files(context: Context) -> int:
    kept = timedelta(days=context.policy.retention.unfiled_files_days)
    ids = [row["id"] for row in await query(_UNFILED, context.now, kept, _FILES_AT_A_TIME)]
    for one in ids:
        await asyncio.to_thread(folder.remove, context.attachments, one)
    await models.Attachment.filter(id__in=ids).delete()
    return len(ids)
