"""Asks a language model inside the network, by the protocol of OpenAI's chat completions, and never waits for it long.

Its slowness, absence or nonsense costs a proposal and nothing else. After some failures running it is left alone for a
while; nothing is asked twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from dialogs.templates.scenario import Scenarios
from dialogs.understanding.context import Context
from dialogs.understanding.proposals import Proposal, conversation_of, read_proposal

log = logging.getLogger(__name__)

_SECONDS: Final = 2.5
"""Until the whole reply is here; a person waits for it."""
_LARGEST: Final = 64 * 1024
"""Bytes of a reply."""
_MOST_TOKENS: Final = 400
_AT_ONCE: Final = 4
"""Requests under way; a further message goes without."""
_FAILURES: Final = 3
"""Running, after which it is left alone."""
_FIRST_PAUSE: Final = 30.0
_LONGEST_PAUSE: Final = 600.0
"""Seconds; a pause is doubled while the first request after it fails, too."""


@dataclass(frozen=True)
class LanguageModelSettings:
    url: str
    """Of the API: `/chat/completions` is added."""
    model: str
    token: str = field(default="", repr=False)
    """Sent as a bearer token; empty: none."""
    seconds: float = _SECONDS


class LanguageModel:
    """A `dialogs.understanding.proposals.Proposer`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: LanguageModelSettings,
        scenarios: Scenarios,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._settings = settings
        self._scenarios = scenarios
        self._under_way = 0
        self._breaker = _Breaker(clock)

    async def propose(self, text: str, context: Context) -> Proposal | None:
        """None where there is nothing, for whatever reason."""
        if self._under_way >= _AT_ONCE or not self._breaker.lets_through():
            return None
        self._under_way += 1
        try:
            said = await self._ask(conversation_of(text, context, self._scenarios))
            proposal = read_proposal(said, context, self._scenarios)
        except Exception as error:  # whatever it answers with must never cost anybody their own answer
            self._breaker.failed()
            log.warning("the language model proposed nothing", extra={"reason": _reason(error)})
            return None
        finally:
            self._under_way -= 1
        self._breaker.succeeded()
        return proposal

    async def _ask(self, messages: list[dict[str, str]]) -> str:
        """The words of its reply. Raises whatever went wrong."""
        chosen = self._settings
        body: dict[str, Any] = {
            "model": chosen.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
            "response_format": {"type": "json_object"},
        }
        headers = {"Authorization": f"Bearer {chosen.token}"} if chosen.token else {}
        async with self._session.post(
            f"{chosen.url.rstrip('/')}/chat/completions",
            json=body,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=chosen.seconds),
            allow_redirects=False,  # the words are for this address alone
        ) as response:
            if response.status != 200:
                raise _Refused(response.status)
            return _Completion.model_validate_json(await _whole(response)).choices[0].message.content


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _TooLarge(Exception):
    """The reply is no proposal, whatever it says."""


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for piece in response.content.iter_chunked(_LARGEST):
        body += piece
        if len(body) > _LARGEST:
            raise _TooLarge
    return body


def _reason(error: Exception) -> str:
    """For the log: no word of a message, or of what the model said."""
    if isinstance(error, _Refused):
        return f"status {error.status}"
    return "no completion" if isinstance(error, ValidationError) else type(error).__name__


class _Breaker:
    """Lets nothing through for a while after failures running; then one, which decides."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = _FIRST_PAUSE
        self._until = 0.0

    def lets_through(self) -> bool:
        if self._failures < _FAILURES:
            return True
        if self._clock() < self._until:
            return False
        self._until = self._clock() + self._pause  # others wait for how this one ends
        return True

    def succeeded(self) -> None:
        self._failures, self._pause = 0, _FIRST_PAUSE

    def failed(self) -> None:
        self._failures += 1
        if self._failures == _FAILURES:
            self._until = self._clock() + self._pause
        elif self._failures > _FAILURES:
            self._pause = min(_LONGEST_PAUSE, 2 * self._pause)
            self._until = self._clock() + self._pause
