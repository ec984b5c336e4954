"""How a call gets to the backend: with a token, for an account, tried again under the same key while it is away."""

from __future__ import annotations

import asyncio
import io
import json
import random
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import BaseModel

from backend.contract import errors
from backend.contract.client_address import ADDRESS_HEADER, asking_address

AnswerT = TypeVar("AnswerT", bound=BaseModel)
_Data = bytes | io.BytesIO | AsyncIterable[bytes] | None
_Bytes = bytes | io.BytesIO | AsyncIterable[bytes]

_ERRORS = errors.by_code()
_PASSING = frozenset({502, 503, 504})
"""Statuses of a backend, or a proxy before it, that is not ready now; so is a redirect, which is never followed."""


@dataclass(frozen=True)
class Retry:
    """How long a call is tried: the pauses double from `first` to `longest`, within `budget`; all in seconds."""

    budget: float = 30.0
    first: float = 0.1
    longest: float = 3.0
    attempt: float = 15.0
    """Most that a single try may take."""


@dataclass(frozen=True)
class Upload:
    """A file to send."""

    content: bytes | Callable[[], AsyncIterable[bytes]]
    """A function opens the stream anew for each try."""
    name: str


@dataclass(frozen=True)
class Call:
    """One call, the same at each try."""

    method: str
    path: str
    """Below the API's address."""
    body: BaseModel | Upload | None = None
    key: str | None = None
    """The Idempotency-Key."""
    query: Mapping[str, str | int | None] | None = None
    """What is None is left out."""
    repeat: bool = True
    """Whether it is tried again while the backend is away."""


@dataclass(frozen=True)
class Transport:
    """The way to one backend. Raises the errors of `backend.contract.errors` by their code; Unavailable after the retry
    budget is used up.
    """

    session: aiohttp.ClientSession
    base_url: str
    token: str | None = None
    retry: Retry = Retry()
    account: str | None = None
    """Whom a channel's token acts for, `<channel>:<id>`; None for who speaks for themselves."""

    async def exchange(self, call: Call) -> bytes:
        """Make the call, and read its answer."""
        async with self.opened(call) as response:
            return await response.read()

    @asynccontextmanager
    async def opened(self, call: Call, *, stream: bool = False) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer, for the length of a block. Of a `stream` only the head is tried again."""

        async def attempt() -> aiohttp.ClientResponse:
            response = await self._send(call)
            if response.status >= 300 or not stream:
                await response.read()  # a connection that breaks here breaks within the try
            return response

        response = await (self._repeat(attempt) if call.repeat else _once(attempt))
        try:
            await _raise_problem(response)
            yield response
        finally:
            response.close()

    async def _send(self, call: Call) -> aiohttp.ClientResponse:
        query = {name: str(value) for name, value in (call.query or {}).items() if value is not None}
        of_body, data = _written(call.body)
        return await self.session.request(
            call.method,
            f"{self.base_url.rstrip('/')}/api/v1{call.path}",
            params=query,
            headers={**self._headers(call), **of_body},
            data=data,
            allow_redirects=False,  # the token, and what people wrote, go to this address alone
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.retry.attempt, sock_read=self.retry.attempt),
        )

    def _headers(self, call: Call) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self.token}" if self.token is not None else None,
            "Jiesu-Actor": quote(self.account, safe=":") if self.account is not None else None,
            ADDRESS_HEADER: asking_address() or None,
            "Idempotency-Key": call.key,
        }
        return {name: value for name, value in headers.items() if value is not None}

    async def _repeat(self, attempt: Callable[[], Awaitable[aiohttp.ClientResponse]]) -> aiohttp.ClientResponse:
        """Try until the backend answers, waiting longer each time, at random so that callers spread out."""
        ends = time.monotonic() + self.retry.budget
        pause = self.retry.first
        while True:
            try:
                response = await _once(attempt)
            except errors.Unavailable:
                if time.monotonic() + pause >= ends:
                    raise
            else:
                if not _passes(response.status) or time.monotonic() + pause >= ends:
                    return response
                response.close()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, self.retry.longest)


@dataclass(frozen=True)
class Resource:
    """Base of the parts of the API. `key` is the idempotency key in all of them: the caller makes it once for one
    intent and keeps it for every repetition, also after a restart of its own.
    """

    transport: Transport

    async def _ask(
        self,
        answer: type[AnswerT],
        method: str,
        path: str,
        body: BaseModel | Upload | None = None,
        *,
        key: str | None = None,
        repeat: bool = True,
    ) -> AnswerT:
        done = await self.transport.exchange(Call(method, path, body, key, repeat=repeat))
        return answer.model_validate_json(done)

    async def _get(self, answer: type[AnswerT], path: str, **query: str | int | None) -> AnswerT:
        return answer.model_validate_json(await self.transport.exchange(Call("GET", path, query=query)))

    async def _tell(
        self, method: str, path: str, body: BaseModel | None = None, *, key: str | None = None, repeat: bool = True
    ) -> None:
        await self.transport.exchange(Call(method, path, body, key, repeat=repeat))


def _written(body: BaseModel | Upload | None) -> tuple[dict[str, str], _Data]:
    """The headers that describe a body, and its bytes."""
    match body:
        case None:
            return {}, None
        case Upload(content=content, name=name):
            headers = {"Content-Type": "application/octet-stream", "Jiesu-Filename": quote(name, safe="")}
            return headers, content() if callable(content) else io.BytesIO(content)
    return {"Content-Type": "application/json"}, body.model_dump_json(exclude_unset=True).encode()


async def _once(attempt: Callable[[], Awaitable[aiohttp.ClientResponse]]) -> aiohttp.ClientResponse:
    try:
        return await attempt()
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
        raise errors.Unavailable("The backend cannot be reached.") from error


def _passes(status: int) -> bool:
    return status in _PASSING or 300 <= status < 400


async def _raise_problem(response: aiohttp.ClientResponse) -> None:
    if response.status < 300:
        return
    if response.status < 400:
        raise errors.Unavailable("The backend's address leads elsewhere; set BACKEND_URL to where it is.")
    raise problem_error(response.status, await response.read(), response.headers.get("Retry-After"))


def problem_error(status: int, body: bytes, retry_after: str | None = None) -> errors.BackendError:
    """The error that a problem document stands for; what is no such document becomes Unavailable or BackendError."""
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "code" not in document:
        return errors.Unavailable() if status in _PASSING else errors.BackendError(f"The answer was HTTP {status}.")
    standard = {"type", "title", "status", "detail", "code", "instance"}
    extra = {str(name): value for name, value in document.items() if name not in standard}
    if retry_after is not None and retry_after.isdigit():
        extra["retry_after"] = int(retry_after)
    kind = _ERRORS.get(str(document["code"]), errors.BackendError)
    return kind(str(document.get("detail", "")), **extra)
