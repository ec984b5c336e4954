"""Authenticator apps of staff, and the recovery codes that stand in for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from backend import models
from backend.database import query

_BEGIN = """
INSERT INTO second_factor (staff_id, sealed) VALUES ($1, $2)
ON CONFLICT (staff_id) DO UPDATE SET sealed = excluded.sealed, last_step = 0 WHERE second_factor.confirmed_at IS NULL
RETURNING 1
"""
_TAKE_STEP = """
UPDATE second_factor SET last_step = $2 WHERE staff_id = $1 AND last_step < $2 RETURNING 1
"""
_TAKE_RECOVERY_CODE = "DELETE FROM recovery_code WHERE staff_id = $1 AND digest = $2 RETURNING 1"


async def find(staff_id: int, *, confirmed: bool = True) -> models.SecondFactor | None:
    return await models.SecondFactor.get_or_none(staff_id=staff_id, confirmed_at__isnull=not confirmed)


async def is_on(staff_id: int) -> bool:
    return await models.SecondFactor.filter(staff_id=staff_id, confirmed_at__isnull=False).exists()


async def is_begun(staff_id: int) -> bool:
    """Whether there is one, confirmed or not."""
    return await models.SecondFactor.filter(staff_id=staff_id).exists()


async def begin(staff_id: int, sealed: str) -> bool:
    """With this secret, in place of one that was not confirmed; False where one was."""
    return bool(await query(_BEGIN, staff_id, sealed))


async def confirm(staff_id: int, now: datetime, recovery_codes: Iterable[str]) -> None:
    """The recovery codes as digests; those before are worth nothing any more."""
    await models.SecondFactor.filter(staff_id=staff_id).update(confirmed_at=now)
    await models.RecoveryCode.filter(staff_id=staff_id).delete()
    await models.RecoveryCode.bulk_create(
        models.RecoveryCode(digest=digest, staff_id=staff_id) for digest in recovery_codes
    )


async def recovery_codes_left(staff_id: int) -> int:
    return await models.RecoveryCode.filter(staff_id=staff_id).count()


async def take_step(staff_id: int, step: int) -> bool:
    """Of two log-ins with one code, or one that was read over a shoulder, a single one finds it unused."""
    return bool(await query(_TAKE_STEP, staff_id, step))


async def take_recovery_code(staff_id: int, digest: str) -> bool:
    """Whether it was one; it is used up."""
    return bool(await query(_TAKE_RECOVERY_CODE, staff_id, digest))


async def forget(staff_id: int) -> None:
    """With its recovery codes."""
    await models.RecoveryCode.filter(staff_id=staff_id).delete()
    await models.SecondFactor.filter(staff_id=staff_id).delete()
