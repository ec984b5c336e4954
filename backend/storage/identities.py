"""Accounts in channels: whose they are, and when their owner was last there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from backend import models
from backend.database import execute, query

_OF_CONTACT = """
SELECT identity.id, identity.contact_id, contact.language, identity.blocked_at
FROM identity JOIN contact ON contact.id = identity.contact_id
WHERE identity.channel = $1 AND identity.external_id = $2
"""
_BIND = """
INSERT INTO identity (channel, external_id, staff_id, bound_at, seen_at) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (channel, external_id) DO UPDATE SET staff_id = excluded.staff_id, blocked_at = NULL,
    bound_at = excluded.bound_at, seen_at = excluded.seen_at
"""
_REACHABLE = """
UPDATE identity SET blocked_at = NULL WHERE channel = $1 AND external_id = $2 AND blocked_at IS NOT NULL
RETURNING contact_id
"""


@dataclass(frozen=True)
class ContactAccount:
    id: int
    contact_id: int
    language: str
    blocked_at: datetime | None
    """Since when the contact has shut us out there."""


async def of_contact(channel: str, external_id: str) -> ContactAccount | None:
    found = await query(_OF_CONTACT, channel, external_id)
    return ContactAccount(*found[0]) if found else None


async def bind(channel: str, external_id: str, staff_id: int, now: datetime) -> None:
    """To a member of staff, whosever it was before."""
    await execute(_BIND, channel, external_id, staff_id, now)


async def of_staff(staff_id: int) -> list[int]:
    """Ids of the accounts they have bound."""
    return [one.id for one in await models.Identity.filter(staff_id=staff_id)]


async def forget(ids: Collection[int]) -> None:
    await models.Identity.filter(id__in=list(ids)).delete()


async def reachable_again(channel: str, external_id: str) -> int | None:
    """The contact whose account was blocked, and is not any more; None where none was."""
    found = await query(_REACHABLE, channel, external_id)
    contact_id: int | None = found[0]["contact_id"] if found else None
    return contact_id
