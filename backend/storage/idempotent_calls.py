"""Answers of calls that may come twice, by who made them under which key; a unit of work writes them."""

from __future__ import annotations

from dataclasses import dataclass

from backend.database import query

_IS_KNOWN = "SELECT FROM idempotent_call WHERE actor = $1 AND key = $2"
_FIND = "SELECT digest, status, body FROM idempotent_call WHERE actor = $1 AND key = $2"


@dataclass(frozen=True)
class RememberedCall:
    digest: str
    """Of what was asked."""
    status: int
    body: str


async def is_known(actor: str, key: str) -> bool:
    return bool(await query(_IS_KNOWN, actor, key))


async def find(actor: str, key: str) -> RememberedCall | None:
    rows = await query(_FIND, actor, key)
    return RememberedCall(*rows[0]) if rows else None
