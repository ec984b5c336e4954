"""Short messages by the office's own gateway: one HTTP request each, in a form any gateway's adapter can take."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal

import aiohttp

_KEY_DIGITS = 32
"""Hexadecimal: 128 bits, so that no two notices share one."""
_SECONDS = 10.0
_GIVEN_UP = frozenset({400, 404, 410, 422})
"""Answers after which this message is not tried again."""


@dataclass(frozen=True)
class SmsSettings:
    url: str
    """Takes POST with JSON: `to` (E.164), `text`, `key` (the same when repeated: send it once)."""
    token: str
    """Sent as a bearer token; empty: none."""
    secret: str
    """Makes of a notice's key, which holds the number, one that tells nothing."""


class SmsFailed(Exception):
    """The gateway did not take it; `retry` tells whether trying again may help."""

    def __init__(self, why: str, *, retry: bool) -> None:
        super().__init__(why)
        self.retry = retry


class Sms:
    """The gateway."""

    def __init__(self, session: aiohttp.ClientSession, settings: SmsSettings) -> None:
        self._session = session
        self._settings = settings

    async def send(self, to: str, text: str, notice: str, language: Literal["zh_CN", "en"] | str = "zh_CN") -> None:
        """`notice`: the key of what is told, the same when it is tried again.

        Raises SmsFailed. Any answer of 200 to 299 means that the gateway has it; a redirect is not followed.
        """
        key = self._key(notice)
        headers = {"Idempotency-Key": key}
        if self._settings.token:
            headers["Authorization"] = f"Bearer {self._settings.token}"
        body = {"to": to, "text": text, "key": key, "language": language}
        try:
            async with self._session.post(
                self._settings.url,
                json=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                allow_redirects=False,  # the number and the words are for this address alone, and a GET is no message
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SmsFailed(type(error).__name__, retry=True) from error
        if not 200 <= status < 300:
            raise SmsFailed(f"status {status}", retry=status not in _GIVEN_UP)

    def _key(self, notice: str) -> str:
        """The same at every try. Proxies log keys; without the secret nobody can try numbers against one."""
        return hmac.new(self._settings.secret.encode(), notice.encode(), "sha256").hexdigest()[:_KEY_DIGITS]
