"""Notices: the outbox, and what becomes of what waits in it."""

from __future__ import annotations

from collections.abc import Collection

from backend.database import execute

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


async def move(channel: str, address: str, to: str) -> None:
    """What waits for this address goes to that one."""
    await execute(_MOVE, channel, address, to)


async def drop_of(identities: Collection[int]) -> None:
    """What waits for these accounts is told there no more."""
    await execute(_DROP, list(identities))
    await execute(_DROP_FALLBACKS, list(identities))
