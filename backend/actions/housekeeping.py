"""Remove what has served its time: old answers to repeated calls, expired log-ins and codes, notices nobody came for,
files nobody filed.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from backend.files import folder
from backend.storage import attachments, expired
from backend.storage.expired import Removal
from backend.work.context import Context

EVERY = timedelta(hours=6)
AT_A_TIME = 1000
"""Rows of a table in one batch, which is one transaction and takes well under a second."""
_FILES_AT_A_TIME = 100
_CALLS_KEPT = timedelta(days=7)
"""How long a repeated call is recognised; no client of ours retries for longer than minutes."""
_NOTICES_KEPT = timedelta(days=90)


async def tidy(context: Context) -> bool:
    """One batch of each; True when there may be more. Terms go by the policy in force now, as in `retention`."""
    now, rules = context.now, context.policy.retention
    removed = [
        await _remove(expired.CALLS, now, _CALLS_KEPT),
        await _remove(expired.SESSIONS, now),
        await _remove(expired.BINDING_CODES, now),
        await _remove(expired.STAFF_NOTICES_UNREAD, now, timedelta(days=rules.staff_notices_days)),
        await _remove(expired.DRAFT_NOTICES_UNREAD, now, timedelta(days=rules.drafts_days)),
        await _remove(expired.NOTICES, now, _NOTICES_KEPT),
        await _remove(expired.DUES, now, _NOTICES_KEPT),
        await _remove(expired.LOOKS, now, timedelta(days=rules.access_log_days)),
        await _remove(expired.FAILED_LOG_INS, now, timedelta(days=rules.failed_log_ins_days)),
    ]
    files = await _forget_files(context)
    return AT_A_TIME in removed or files == _FILES_AT_A_TIME


async def _remove(removal: Removal, now: datetime, kept: timedelta = timedelta(0)) -> int:
    return await expired.remove(removal, now, kept, AT_A_TIME)


async def _forget_files(context: Context) -> int:
    kept = timedelta(days=context.policy.retention.unfiled_files_days)
    ids = await attachments.unfiled(context.now, kept, _FILES_AT_A_TIME)
    for one in ids:
        await asyncio.to_thread(folder.remove, context.attachments, one)
    await attachments.forget(ids)
    return len(ids)
