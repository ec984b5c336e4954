"""Policies that were ever in force, by version."""

from __future__ import annotations

from backend import models
from backend.database import execute

_KEEP = "INSERT INTO policy (version, text, in_force_since) VALUES ($1, $2, now()) ON CONFLICT (version) DO NOTHING"
"""In force since the database's own time: by a clock years ahead it could never be followed by another."""


async def keep(version: str, text: str) -> None:
    """Nothing where one of this version is kept already."""
    await execute(_KEEP, version, text)


async def text_of(version: str) -> str | None:
    row = await models.PolicyVersion.get_or_none(version=version)
    return row.text if row is not None else None
