"""Members of staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backend import models
from backend.database import execute

_SET_PASSWORDS = """
UPDATE staff SET password_hash = given.hash
FROM unnest($1::bigint[], $2::text[]) AS given (id, hash) WHERE staff.id = given.id
"""


async def set_passwords(ids: Sequence[int], hashes: Sequence[str]) -> None:
    await execute(_SET_PASSWORDS, ids, hashes)


async def names(ids: Collection[int]) -> dict[int, str]:
    return dict(await models.Staff.filter(id__in=list(ids)).values_list("id", "name"))


async def usernames() -> list[str]:
    """Of everybody, also of those who have left."""
    return [str(one) for one in await models.Staff.all().values_list("username", flat=True)]
