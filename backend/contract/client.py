"""The API client: every operation as a typed method, tried again under the same key while the backend is away."""

from __future__ import annotations

import asyncio
import io
import json
import random
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import BaseModel

from backend.contract import errors
from backend.contract.acts.act import Act, RequestT
from backend.contract.client_address import ADDRESS_HEADER, asking_address
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
from backend.contract.models.calls import CallIn
from backend.contract.models.clock import ClockOut
from backend.contract.models.contact_requests import (
    AdditionIn,
    AnswerQuestionIn,
    CorrectableOut,
    CorrectionIn,
    RateIn,
    WithdrawIn,
)
from backend.contract.models.contacts import ContactIn, ContactOut
from backend.contract.models.drafts import DraftIn, DraftOut, DraftPage
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.models.log_ins import FailedLogInPage, LogIn, LogInCodeIn, LogInList, PasswordIn, SessionOut
from backend.contract.models.messengers import BindIn, BindingCodeOut, GroupIn, GroupMoveIn, TopicIn, TopicOut
from backend.contract.models.notices import ClaimIn, NoticeFailed, NoticePage
from backend.contract.models.organisation import CityOut, DepartmentOut
from backend.contract.models.second_factor import CodeIn, EnrolIn, RecoveryCodesOut, SecondFactorOut, SecretOut
from backend.contract.models.staff import ColleagueList, StaffOut
from backend.contract.models.tickets import CorrectedOut, Lookup, Progress, TicketOut, TicketPage
from backend.contract.models.timeline import EventPage
from backend.contract.words import TicketState

AnswerT = TypeVar("AnswerT", bound=BaseModel)
DoneT = TypeVar("DoneT")

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
class Download:
    """A file on its way."""

    name: str
    media_type: str
    size: int | None
    """Bytes, if told."""
    chunks: AsyncIterator[bytes]


def actor_of(channel: str, external_id: str) -> str:
    """The `actor` argument for an account in a channel."""
    return f"{channel}:{external_id}"


class BackendClient:
    """Speaks to the backend with one token.

    `actor` names the account acted for, as `actor_of` composes it; with a staff session's token it is left out.
    `key` is the idempotency key: the caller makes it once for one intent and keeps it for every repetition, also
    after a restart of its own. Methods raise the errors of `backend.contract.errors` by their code; Unavailable
    after the retry budget is used up.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, token: str | None = None, retry: Retry | None = None
    ) -> None:
        self._session = session
        self._base = base_url.rstrip("/") + "/api/v1"
        self._token = token
        self._retry = retry or Retry()

    def with_token(self, token: str) -> BackendClient:
        """The same client for somebody else's token, such as a staff session's."""
        return BackendClient(self._session, self._base.removesuffix("/api/v1"), token, self._retry)

    # --- city and people ---------------------------------------------------------------------------------------

    async def view_city(self) -> CityOut:
        return await self._get(CityOut, "/city")

    async def ask_time(self) -> datetime:
        """The database's, for a `MeasuredClock`. Not tried again: pauses would blur what was measured."""
        return (await self._call(ClockOut, "GET", "/clock", repeat=False)).now

    async def log_in(self, request: LogIn) -> SessionOut:
        """Name and password for a session's token; not tried again, a try may be counted."""
        return await self._call(SessionOut, "POST", "/staff/sessions", body=request, repeat=False)

    async def finish_log_in(self, request: LogInCodeIn) -> SessionOut:
        """The second step after CodeNeeded; not tried again, as a code is taken once."""
        return await self._call(SessionOut, "POST", "/staff/sessions/second-step", body=request, repeat=False)

    async def view_second_factor(self) -> SecondFactorOut:
        return await self._get(SecondFactorOut, "/staff/me/second-factor")

    async def enrol(self, request: EnrolIn) -> SecretOut:
        return await self._call(SecretOut, "POST", "/staff/me/second-factor", body=request, repeat=False)

    async def confirm_second_factor(self, request: CodeIn) -> RecoveryCodesOut:
        address = "/staff/me/second-factor/confirm"
        return await self._call(RecoveryCodesOut, "POST", address, body=request, repeat=False)

    async def turn_off_second_factor(self, request: CodeIn) -> None:
        await self._exchange("POST", "/staff/me/second-factor/off", False, {"body": request})

    async def log_out(self, *, key: str) -> None:
        await self._tell("DELETE", "/staff/sessions/current", key=key)

    async def change_password(self, request: PasswordIn) -> None:
        """Not tried again: a try may be counted, and a second one would meet the new password."""
        await self._exchange("PUT", "/staff/me/password", False, {"body": request})

    async def view_staff(self, *, actor: str | None = None) -> StaffOut:
        return await self._get(StaffOut, "/staff/me", actor)

    async def check_log_in(self) -> StaffOut:
        """Whether a staff session still holds, without keeping it open."""
        return await self._get(StaffOut, "/staff/sessions/current")

    async def list_log_ins(self, *, actor: str | None = None) -> LogInList:
        return await self._get(LogInList, "/staff/me/log-ins", actor)

    async def end_log_in(self, log_in: str, *, key: str, actor: str | None = None) -> None:
        await self._tell("DELETE", f"/staff/me/log-ins/{quote(log_in, safe='')}", actor=actor, key=key)

    async def end_other_log_ins(self, *, key: str, actor: str | None = None) -> None:
        await self._tell("DELETE", "/staff/me/log-ins", actor=actor, key=key)

    async def list_failed_log_ins(
        self, *, cursor: str | None = None, limit: int = 50, actor: str | None = None
    ) -> FailedLogInPage:
        """For auditors; that they read it is logged."""
        query = {"cursor": cursor, "limit": str(limit)}
        return await self._get(FailedLogInPage, "/failed-log-ins", actor, query)

    async def make_binding_code(self, *, actor: str | None = None) -> BindingCodeOut:
        return await self._call(BindingCodeOut, "POST", "/staff/binding-codes", actor=actor)

    async def bind(self, request: BindIn, *, actor: str, key: str) -> StaffOut:
        """Bind the account `actor` to the owner of the code."""
        return await self._call(StaffOut, "POST", "/staff/bindings", body=request, actor=actor, key=key)

    async def link_group(self, request: GroupIn, *, key: str) -> DepartmentOut:
        return await self._call(DepartmentOut, "POST", "/staff/groups", body=request, key=key)

    async def view_contact(self, *, actor: str) -> ContactOut:
        return await self._get(ContactOut, "/contact", actor)

    async def note_return(self, *, actor: str, key: str) -> None:
        """Whoever had blocked the channel is there again."""
        await self._tell("POST", "/contact/return", actor=actor, key=key)

    async def update_contact(self, request: ContactIn, *, actor: str, key: str) -> ContactOut:
        return await self._call(ContactOut, "PATCH", "/contact", body=request, actor=actor, key=key)

    # --- attachments -------------------------------------------------------------------------------------------

    async def upload(
        self,
        content: bytes | Callable[[], AsyncIterable[bytes]],
        *,
        name: str = "",
        actor: str | None = None,
        key: str,
    ) -> AttachmentOut:
        """Send a file; give a function that opens the stream anew, so that a broken upload can be repeated."""
        return await self._call(
            AttachmentOut, "POST", "/attachments", actor=actor, key=key, stream=content, file_name=name
        )

    async def set_transcript(
        self, attachment_id: str, request: TranscriptIn, *, actor: str | None = None, key: str
    ) -> AttachmentOut:
        """What is said in a recording of the actor's own, written down."""
        path = f"/attachments/{attachment_id}/transcript"
        return await self._call(AttachmentOut, "PUT", path, body=request, actor=actor, key=key)

    @asynccontextmanager
    async def download(self, attachment_id: str, *, actor: str | None = None) -> AsyncIterator[Download]:
        """Fetch a file within the block; the head is tried again, a stream that breaks is not."""
        response = await self._repeat(lambda: self._send("GET", f"/attachments/{attachment_id}", actor=actor))
        try:
            await _raise_problem(response)
            disposition = response.content_disposition
            yield Download(
                name=(disposition.filename if disposition else None) or attachment_id,
                media_type=response.content_type,
                size=response.content_length,
                chunks=response.content.iter_chunked(256 * 1024),
            )
        finally:
            response.close()

    # --- tickets -----------------------------------------------------------------------------------------------

    async def file_ticket(self, request: NewTicket, *, actor: str, key: str) -> TicketReceipt:
        return await self._call(TicketReceipt, "POST", "/tickets", body=request, actor=actor, key=key)

    async def list_tickets(
        self,
        *,
        actor: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
        state: TicketState | None = None,
        queue: str | None = None,
    ) -> TicketPage:
        query = {"cursor": cursor, "limit": str(limit), "state": state, "queue": queue}
        return await self._get(TicketPage, "/tickets", actor, query)

    async def view_ticket(self, number: str, *, actor: str | None = None) -> TicketOut:
        return await self._get(TicketOut, f"/tickets/{number}", actor)

    async def list_events(
        self, number: str, *, actor: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> EventPage:
        return await self._get(EventPage, f"/tickets/{number}/events", actor, {"cursor": cursor, "limit": str(limit)})

    async def look_up(self, request: Lookup, *, actor: str | None = None) -> Progress:
        return await self._call(Progress, "POST", "/tickets/lookup", body=request, actor=actor)

    async def record_call(self, number: str, request: CallIn, *, actor: str | None = None, key: str) -> None:
        """What became of a call to the enterprise; `actor` for one that a seat made by hand."""
        await self._tell("POST", f"/tickets/{number}/calls", body=request, actor=actor, key=key)

    async def add_material(self, number: str, request: AdditionIn, *, actor: str, key: str) -> TicketOut:
        return await self._act(f"/tickets/{number}/additions", request, actor, key)

    async def view_correctable(self, number: str, *, actor: str) -> CorrectableOut:
        return await self._get(CorrectableOut, f"/tickets/{number}/corrections", actor)

    async def correct(self, number: str, request: CorrectionIn, *, actor: str, key: str) -> CorrectedOut:
        path = f"/tickets/{number}/corrections"
        return await self._call(CorrectedOut, "POST", path, body=request, actor=actor, key=key)

    async def withdraw(self, number: str, request: WithdrawIn, *, actor: str, key: str) -> TicketOut:
        return await self._act(f"/tickets/{number}/withdrawal", request, actor, key)

    async def rate(self, number: str, request: RateIn, *, actor: str, key: str) -> TicketOut:
        return await self._act(f"/tickets/{number}/ratings", request, actor, key)

    async def do(
        self, act: Act[RequestT, DoneT], subject: str | int, request: RequestT, *, actor: str | None = None, key: str
    ) -> DoneT:
        """What staff do, with a ticket by its number or with an assignment by its id."""
        parts = {"body": request, "actor": actor, "key": key}
        return act.read(await self._exchange("POST", act.address(subject), True, parts))

    async def list_takers(self, assignment: int, *, actor: str | None = None) -> ColleagueList:
        return await self._get(ColleagueList, f"/assignments/{assignment}/takers", actor)

    # --- questions ---------------------------------------------------------------------------------------------

    async def answer_question(self, question: int, request: AnswerQuestionIn, *, actor: str, key: str) -> TicketOut:
        return await self._act(f"/questions/{question}/answer", request, actor, key)

    # --- drafts ------------------------------------------------------------------------------------------------

    async def list_drafts(self, *, actor: str) -> DraftPage:
        return await self._get(DraftPage, "/drafts", actor)

    async def save_draft(self, draft_id: str, request: DraftIn, *, actor: str, key: str) -> DraftOut:
        return await self._call(DraftOut, "PUT", f"/drafts/{draft_id}", body=request, actor=actor, key=key)

    async def drop_draft(self, draft_id: str, *, actor: str, key: str) -> None:
        await self._tell("DELETE", f"/drafts/{draft_id}", actor=actor, key=key)

    # --- notices and topics ------------------------------------------------------------------------------------

    async def claim_notices(self, request: ClaimIn) -> NoticePage:
        """Not tried again: a claim whose answer was lost comes back when its lease ends."""
        return await self._call(NoticePage, "POST", "/notices/claims", body=request, repeat=False)

    async def mark_sent(self, notice: int) -> None:
        await self._tell("POST", f"/notices/{notice}/sent")

    async def mark_failed(self, notice: int, request: NoticeFailed) -> None:
        await self._tell("POST", f"/notices/{notice}/failed", body=request)

    async def find_topic(self, chat: str, topic: int) -> TopicOut:
        return await self._get(TopicOut, f"/groups/{quote(chat, safe='')}/topics/{topic}")

    async def move_group(self, chat: str, request: GroupMoveIn, *, key: str) -> None:
        """A department's group lives on under another id."""
        await self._tell("POST", f"/groups/{quote(chat, safe='')}/move", body=request, key=key)

    async def ticket_topic(self, number: str, chat: str) -> TopicOut:
        return await self._get(TopicOut, f"/tickets/{number}/topics/{quote(chat, safe='')}")

    async def set_topic(self, number: str, request: TopicIn, *, key: str) -> TopicOut:
        path = f"/tickets/{number}/topics/{quote(request.chat, safe='')}"
        return await self._call(TopicOut, "PUT", path, body=request, key=key)

    # --- how -----------------------------------------------------------------------------------------------------

    async def _act(self, path: str, request: BaseModel, actor: str | None, key: str) -> TicketOut:
        return await self._call(TicketOut, "POST", path, body=request, actor=actor, key=key)

    async def _get(
        self,
        answer: type[AnswerT],
        path: str,
        actor: str | None = None,
        query: dict[str, str | None] | None = None,
    ) -> AnswerT:
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        return await self._call(answer, "GET", path, actor=actor, query=given)

    async def _call(
        self, answer: type[AnswerT], method: str, path: str, *, repeat: bool = True, **parts: Any
    ) -> AnswerT:
        return answer.model_validate_json(await self._exchange(method, path, repeat, parts))

    async def _tell(self, method: str, path: str, **parts: Any) -> None:
        await self._exchange(method, path, True, parts)

    async def _exchange(self, method: str, path: str, repeat: bool, parts: dict[str, Any]) -> bytes:
        async def attempt() -> aiohttp.ClientResponse:
            return await self._send(method, path, **parts)

        response = await (self._repeat(attempt) if repeat else self._once(attempt))
        async with response:
            await _raise_problem(response)
            return await response.read()

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: BaseModel | None = None,
        actor: str | None = None,
        key: str | None = None,
        query: dict[str, str] | None = None,
        stream: bytes | Callable[[], AsyncIterable[bytes]] | None = None,
        file_name: str = "",
    ) -> aiohttp.ClientResponse:
        """One try, read to the end unless it is a file's."""
        headers = {}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        if actor is not None:
            headers["Jiesu-Actor"] = quote(actor, safe=":")
        if address := asking_address():
            headers[ADDRESS_HEADER] = address
        if key is not None:
            headers["Idempotency-Key"] = key
        data: Any = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = body.model_dump_json(exclude_unset=True).encode()
        elif stream is not None:
            headers["Content-Type"] = "application/octet-stream"
            headers["Jiesu-Filename"] = quote(file_name, safe="")
            data = stream() if callable(stream) else io.BytesIO(stream)
        response = await self._session.request(
            method,
            self._base + path,
            params=query,
            headers=headers,
            data=data,
            allow_redirects=False,  # the token, and what people wrote, go to this address alone
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._retry.attempt, sock_read=self._retry.attempt),
        )
        if response.status >= 300 or not path.startswith("/attachments/"):
            await response.read()  # a connection that breaks here breaks within the try
        return response

    async def _repeat(self, attempt: Callable[[], Awaitable[aiohttp.ClientResponse]]) -> aiohttp.ClientResponse:
        """Try until the backend answers, waiting longer each time, at random so that callers spread out."""
        ends = time.monotonic() + self._retry.budget
        pause = self._retry.first
        while True:
            try:
                response = await self._once(attempt)
            except errors.Unavailable:
                if time.monotonic() + pause >= ends:
                    raise
            else:
                if not _passes(response.status) or time.monotonic() + pause >= ends:
                    return response
                response.close()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, self._retry.longest)

    async def _once(self, attempt: Callable[[], Awaitable[aiohttp.ClientResponse]]) -> aiohttp.ClientResponse:
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
