"""Remove what has served its time: old answers to repeated calls, expired log-ins and codes, files nobody filed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from backend import models
from backend.actions.context import Context

EVERY = timedelta(hours=6)
_CALLS_KEPT = timedelta(days=7)
"""How long a repeated call is recognised; no client of ours retries for longer than minutes."""
_UNFILED_KEPT = timedelta(days=3)
"""Files of a form that was never confirmed."""
_NOTICES_KEPT = timedelta(days=90)


async def tidy(context: Context) -> None:
    """Terms go by the policy in force now, as in `retention`."""
    now = context.now
    await models.IdempotentCall.filter(created_at__lt=now - _CALLS_KEPT).delete()
    await models.StaffSession.filter(expires_at__lt=now).delete()
    await models.BindingCode.filter(expires_at__lt=now).delete()
    await models.Notice.filter(done_at__lt=now - _NOTICES_KEPT).delete()
    await models.Due.filter(done_at__lt=now - _NOTICES_KEPT).delete()
    await models.AccessLog.filter(at__lt=now - timedelta(days=context.policy.retention.access_log_days)).delete()
    await _forget_files(context)


async def _forget_files(context: Context) -> None:
    rows = await models.Attachment.filter(ticket_id__isnull=True, created_at__lt=context.now - _UNFILED_KEPT).limit(500)
    for row in rows:
        await row.delete()
        await asyncio.to_thread((context.attachments / str(row.id)).unlink, missing_ok=True)
