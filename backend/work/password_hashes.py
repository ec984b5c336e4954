"""Passwords as they are stored: Argon2id, made and checked off the loop, few at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2

from backend.contract.errors import Unavailable

_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's least for Argon2id
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Each takes 19 MiB while it works; two keep up with 80 log-ins a second."""
_MOST_WAITING = 1000
"""Passwords that wait to be checked: about ten seconds' work."""
_waiting = 0
_T = TypeVar("_T")
NOBODY = _hasher.hash(secrets.token_hex(16))
"""Verified when there is no such account, so that the time taken does not tell."""

NO_PASSWORD = "none yet"  # noqa: S105 - the opposite of one
"""In place of a hash: of an account whose password nobody has been shown."""


async def make(password: str) -> str:
    return await _bounded(lambda: _hasher.hash(password))


async def matches(password_hash: str, password: str) -> bool:
    """Raises Unavailable when very many wait to be checked already."""
    return await _bounded(lambda: _verify(password_hash, password))


async def _bounded(work: Callable[[], _T]) -> _T:
    """Off the loop, on few threads: a flood of log-ins takes neither all processors nor all memory."""
    global _waiting  # noqa: PLW0603 - a count of this process
    if _waiting >= _MOST_WAITING:
        raise Unavailable
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_hashing, work)
    finally:
        _waiting -= 1


def _verify(password_hash: str, password: str) -> bool:
    if password_hash == NO_PASSWORD:
        password_hash = NOBODY
    try:
        return _hasher.verify(password_hash, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
