"""Tokens of the programs that use the API, each kept as its digest."""

from __future__ import annotations

import json
from collections.abc import Iterable

from backend.contract.words import Scope
from backend.database import execute

_PUT = """
INSERT INTO service_token (digest, name, scopes, channels) VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, scopes = excluded.scopes, channels = excluded.channels
"""


async def put(digest: str, name: str, scopes: Iterable[Scope], channels: Iterable[str]) -> None:
    """In place of the one that this program had."""
    await execute(_PUT, digest, name, json.dumps(sorted(scopes)), json.dumps(sorted(channels)))
