"""Short messages by the office's own gateway: one HTTP request each, in a form any gateway's adapter can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import aiohttp

_SECONDS = 10.0
_GIVEN_UP = frozenset({400, 404, 410, 422})
"""Answers after which this message is not tried again."""


@dataclass(frozen=True)
class SmsSettings:
    url: str
    """Takes POST with JSON: `to` (E.164), `text`, `key` (the same when repeated: send it once)."""
    token: str
    """Sent as a bearer token; empty: none."""


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

    async def send(self, to: str, text: str, key: str, language: Literal["zh_CN", "en"] | str = "zh_CN") -> None:
        """Raises SmsFailed. Any answer of 200 to 299 means that the gateway has it."""
        headers = {"Idempotency-Key": key}
        if self._settings.token:
            headers["Authorization"] = f"Bearer {self._settings.token}"
        body = {"to": to, "text": text, "key": key, "language": language}
        try:
            async with self._session.post(
                self._settings.url, json=body, headers=headers, timeout=aiohttp.ClientTimeout(total=_SECONDS)
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SmsFailed(type(error).__name__, retry=True) from error
        if not 200 <= status < 300:
            raise SmsFailed(f"status {status}", retry=status not in _GIVEN_UP)
