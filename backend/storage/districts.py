"""Districts, one in another."""

from __future__ import annotations

from backend.database import execute

_LOAD = """
INSERT INTO district (id, name, name_en, parent_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, parent_id = excluded.parent_id
"""


async def load(id_: str, name: str, name_en: str, parent: str | None) -> None:
    """As the file of the city has it."""
    await execute(_LOAD, id_, name, name_en, parent)
