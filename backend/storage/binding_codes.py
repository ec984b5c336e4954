"""One-time codes of staff, each kept as its digest."""

from __future__ import annotations

from datetime import datetime

from backend import models
from backend.database import query

_MAKE = """
INSERT INTO binding_code (digest, staff_id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING
RETURNING digest
"""
_REDEEM = "DELETE FROM binding_code WHERE digest = $1 AND expires_at > $2 RETURNING staff_id"


async def make(digest: str, staff_id: int, expires_at: datetime) -> bool:
    """False where somebody has this code already."""
    return bool(await query(_MAKE, digest, staff_id, expires_at))


async def redeem(digest: str, now: datetime) -> int | None:
    """Whose code it was; it is used up."""
    used = await query(_REDEEM, digest, now)
    return int(used[0]["staff_id"]) if used else None


async def forget(staff_id: int) -> None:
    await models.BindingCode.filter(staff_id=staff_id).delete()
