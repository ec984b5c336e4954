"""Knows a visitor again by a signed cookie: a random 128-bit id, and nothing about the person."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_COOKIE = re.compile(r"(?P<id>[0-9a-f]{32})\.(?P<mark>[0-9a-f]{64})")


class Signer:
    """Makes and checks visitor cookies."""

    def __init__(self, secret: bytes) -> None:
        # A key of its own for each purpose, so that no other signature of the same secret passes for a cookie.
        self._key = hmac.digest(secret, b"jiesu web visitor", hashlib.sha256)

    def new_id(self) -> str:
        """128 random bits in hexadecimal."""
        return secrets.token_hex(16)

    def cookie(self, visitor: str) -> str:
        """The cookie that brings back this id."""
        return f"{visitor}.{self._mark(visitor)}"

    def read(self, cookie: str) -> str | None:
        """The id a cookie brings, or None when it was not made here."""
        found = _COOKIE.fullmatch(cookie)
        if found is None or not hmac.compare_digest(found["mark"], self._mark(found["id"])):
            return None
        return found["id"]

    def storage_name(self, person: str) -> str:
        """Under what name the page keeps unsent words in the browser: tells people apart, betrays nobody."""
        return self._mark(f"storage {person}")[:16]

    def _mark(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()
