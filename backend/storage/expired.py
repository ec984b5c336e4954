"""Rows of any table that have served their time, removed in batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NewType

from backend.contract.channels import WEB_STAFF
from backend.database import PRESENT, query

Removal = NewType("Removal", str)
"""A statement that removes the oldest rows of a table, and gives a row for each."""


def _removal(table: str, age: str, *, key: str = "id", only: str = "true") -> Removal:
    """Finds the oldest by an index on the age alone (0002_guards, 0008_lists): a table is never read through.

    An array is found once. What stands after IN may be looked for anew for each row, and then passes over those that
    were just deleted: more than a batch would go.
    """
    return Removal(
        f"""
    DELETE FROM {table} WHERE {key} = ANY(ARRAY(
        SELECT {key} FROM {table} WHERE {age} < {PRESENT} - $2::interval AND {only}
        ORDER BY {age} LIMIT $3 FOR UPDATE SKIP LOCKED
    )) RETURNING 1
    """
    )


CALLS = _removal("idempotent_call", "created_at")
SESSIONS = _removal("staff_session", "expires_at", key="digest")
BINDING_CODES = _removal("binding_code", "expires_at", key="digest")
NOTICES = _removal("notice", "done_at")
DUES = _removal("due", "done_at")
# The condition is the guard's own: the law's term holds, whatever the policy says.
LOOKS = _removal("access_log", "at", only="at < now() - term_of('access_log_days')")
FAILED_LOG_INS = _removal("failed_log_in", "at", only="at < now() - term_of('failed_log_ins_days')")
STAFF_NOTICES_UNREAD = _removal("notice", "ready_at", only=f"done_at IS NULL AND channel = '{WEB_STAFF.name}'")
"""The page shows what a queue shows, too: whoever comes back after a month reads that."""
DRAFT_NOTICES_UNREAD = _removal("notice", "ready_at", only="done_at IS NULL AND ticket_id IS NULL")
"""They tell of a draft that has gone; what tells of a ticket goes with it, in `retention`."""


async def remove(removal: Removal, now: datetime, kept: timedelta, at_most: int) -> int:
    """How many went."""
    return len(await query(removal, now, kept, at_most))
