"""Turns: work that must not run twice at the same time is done one after the other."""

from __future__ import annotations

from backend.database import execute


async def take(name: str) -> None:
    """Waits until nobody else works under this name; it is ours until the transaction ends."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)
