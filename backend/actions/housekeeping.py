"""Remove what has served its time: old answers to repeated calls, expired log-ins and codes, notices nobody came for,
files nobody filed.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from backend import models
from backend.actions.context import Context
from backend.actions.recipients import STAFF_PAGE
from backend.database import query
from backend.files import folder

EVERY = timedelta(hours=6)
AT_A_TIME = 1000
"""Rows of a table in one batch, which is one transaction and takes well under a second."""
_FILES_AT_A_TIME = 100
_CALLS_KEPT = timedelta(days=7)
"""How long a repeated call is recognised; no client of ours retries for longer than minutes."""
_NOTICES_KEPT = timedelta(days=90)

_REMOVE = """
DELETE FROM {table} WHERE {key} IN (
    SELECT {key} FROM {table} WHERE {old} LIMIT $2 FOR UPDATE SKIP LOCKED
) RETURNING 1
"""
"""Each finds the oldest by an index on the age alone (0002_guards, 0008_lists): a table is never read through."""
_CALLS = _REMOVE.format(table="idempotent_call", key="id", old="created_at < $1 ORDER BY created_at")
_SESSIONS = _REMOVE.format(table="staff_session", key="digest", old="expires_at < $1 ORDER BY expires_at")
_CODES = _REMOVE.format(table="binding_code", key="digest", old="expires_at < $1 ORDER BY expires_at")
_NOTICES = _REMOVE.format(table="notice", key="id", old="done_at < $1 ORDER BY done_at")
_DUES = _REMOVE.format(table="due", key="id", old="done_at < $1 ORDER BY done_at")
# The second condition is the guard's own: it reckons by the database's clock, whatever this process thinks it is.
_LOOKS = _REMOVE.format(
    table="access_log", key="id", old="at < $1 AND at < now() - term_of('access_log_days') ORDER BY at"
)
_FAILED_LOG_INS = _REMOVE.format(
    table="failed_log_in", key="id", old="at < $1 AND at < now() - term_of('failed_log_ins_days') ORDER BY at"
)
_STAFF_UNREAD = _REMOVE.format(
    table="notice", key="id", old=f"done_at IS NULL AND channel = '{STAFF_PAGE}' AND ready_at < $1 ORDER BY ready_at"
)
"""The page shows what a queue shows, too: whoever comes back after a month reads that."""
_DRAFTS_UNREAD = _REMOVE.format(
    table="notice", key="id", old="done_at IS NULL AND ticket_id IS NULL AND ready_at < $1 ORDER BY ready_at"
)
"""They tell of a draft that has gone; what tells of a ticket goes with it, in `retention`."""


_UNFILED = """
SELECT id FROM attachment WHERE ticket_id IS NULL AND created_at < $1 AND NOT EXISTS (
    SELECT FROM draft WHERE contact_id = attachment.contact_id AND strpos(form::text, attachment.id::text) > 0
) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
"""What a draft names lives as long as the draft. Locked: what is being filed at this moment is passed over."""


async def tidy(context: Context) -> bool:
    """One batch of each; True when there may be more. Terms go by the policy in force now, as in `retention`."""
    now, rules = context.now, context.policy.retention
    removed = [
        await _remove(_CALLS, now - _CALLS_KEPT),
        await _remove(_SESSIONS, now),
        await _remove(_CODES, now),
        await _remove(_STAFF_UNREAD, now - timedelta(days=rules.staff_notices_days)),
        await _remove(_DRAFTS_UNREAD, now - timedelta(days=rules.drafts_days)),
        await _remove(_NOTICES, now - _NOTICES_KEPT),
        await _remove(_DUES, now - _NOTICES_KEPT),
        await _remove(_LOOKS, now - timedelta(days=rules.access_log_days)),
        await _remove(_FAILED_LOG_INS, now - timedelta(days=rules.failed_log_ins_days)),
    ]
    files = await _forget_files(context)
    return AT_A_TIME in removed or files == _FILES_AT_A_TIME


async def _remove(sql: str, before: datetime) -> int:
    return len(await query(sql, before, AT_A_TIME))


async def _forget_files(context: Context) -> int:
    before = context.now - timedelta(days=context.policy.retention.unfiled_files_days)
    ids = [row["id"] for row in await query(_UNFILED, before, _FILES_AT_A_TIME)]
    for one in ids:
        await asyncio.to_thread(folder.remove, context.attachments, one)
    await models.Attachment.filter(id__in=ids).delete()
    return len(ids)
