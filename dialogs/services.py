"""The backend as one person may use it: what the conversations need, by the API client and by a twin in tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backend.contract.acts.act import Act, RequestT
from backend.contract.client import BackendClient, DoneT
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
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
from backend.contract.models.log_ins import FailedLogInPage, LogInList
from backend.contract.models.messengers import BindIn, BindingCodeOut
from backend.contract.models.staff import ColleagueList, StaffOut
from backend.contract.models.tickets import CorrectedOut, Lookup, Progress, TicketOut, TicketPage
from backend.contract.models.timeline import EventPage


class ContactBackend(Protocol):
    """Calls of an enterprise's contact. All raise errors of `backend.contract.errors`; `key` is the Idempotency-Key."""

    async def view_contact(self) -> ContactOut: ...
    async def update_contact(self, request: ContactIn, *, key: str) -> ContactOut: ...
    async def file_ticket(self, request: NewTicket, *, key: str) -> TicketReceipt: ...
    async def list_tickets(self, *, cursor: str | None = None, limit: int = 20) -> TicketPage: ...
    async def view_ticket(self, number: str) -> TicketOut: ...
    async def look_up(self, request: Lookup) -> Progress: ...
    async def add_material(self, number: str, request: AdditionIn, *, key: str) -> TicketOut: ...
    async def view_correctable(self, number: str) -> CorrectableOut: ...
    async def correct(self, number: str, request: CorrectionIn, *, key: str) -> CorrectedOut: ...
    async def withdraw(self, number: str, request: WithdrawIn, *, key: str) -> TicketOut: ...
    async def rate(self, number: str, request: RateIn, *, key: str) -> TicketOut: ...
    async def answer_question(self, question: int, request: AnswerQuestionIn, *, key: str) -> TicketOut: ...
    async def set_transcript(self, attachment: str, request: TranscriptIn, *, key: str) -> AttachmentOut: ...
    async def list_drafts(self) -> DraftPage: ...
    async def save_draft(self, draft: str, request: DraftIn, *, key: str) -> DraftOut: ...
    async def drop_draft(self, draft: str, *, key: str) -> None: ...


class StaffBackend(Protocol):
    """Calls of a member of staff."""

    async def view_staff(self) -> StaffOut: ...
    async def bind(self, request: BindIn, *, key: str) -> StaffOut: ...
    async def make_binding_code(self) -> BindingCodeOut: ...
    async def list_log_ins(self) -> LogInList: ...
    async def end_log_in(self, log_in: str, *, key: str) -> None: ...
    async def end_other_log_ins(self, *, key: str) -> None: ...
    async def list_failed_log_ins(self, *, cursor: str | None = None, limit: int = 20) -> FailedLogInPage: ...
    async def list_tickets(
        self, *, queue: str | None = None, cursor: str | None = None, limit: int = 20
    ) -> TicketPage: ...
    async def view_ticket(self, number: str) -> TicketOut: ...
    async def list_events(self, number: str, *, cursor: str | None = None, limit: int = 20) -> EventPage: ...
    async def list_takers(self, assignment: int) -> ColleagueList: ...
    async def do(self, act: Act[RequestT, DoneT], subject: str | int, request: RequestT, *, key: str) -> DoneT: ...


@dataclass(frozen=True)
class ContactCalls:
    """A contact's calls through the API client."""

    client: BackendClient
    actor: str
    """As `backend.contract.client.actor_of` composes it."""

    async def view_contact(self) -> ContactOut:
        return await self.client.view_contact(actor=self.actor)

    async def update_contact(self, request: ContactIn, *, key: str) -> ContactOut:
        return await self.client.update_contact(request, key=key, actor=self.actor)

    async def file_ticket(self, request: NewTicket, *, key: str) -> TicketReceipt:
        return await self.client.file_ticket(request, key=key, actor=self.actor)

    async def list_tickets(self, *, cursor: str | None = None, limit: int = 20) -> TicketPage:
        return await self.client.list_tickets(cursor=cursor, limit=limit, actor=self.actor)

    async def view_ticket(self, number: str) -> TicketOut:
        return await self.client.view_ticket(number, actor=self.actor)

    async def look_up(self, request: Lookup) -> Progress:
        return await self.client.look_up(request, actor=self.actor)

    async def add_material(self, number: str, request: AdditionIn, *, key: str) -> TicketOut:
        return await self.client.add_material(number, request, key=key, actor=self.actor)

    async def view_correctable(self, number: str) -> CorrectableOut:
        return await self.client.view_correctable(number, actor=self.actor)

    async def correct(self, number: str, request: CorrectionIn, *, key: str) -> CorrectedOut:
        return await self.client.correct(number, request, key=key, actor=self.actor)

    async def withdraw(self, number: str, request: WithdrawIn, *, key: str) -> TicketOut:
        return await self.client.withdraw(number, request, key=key, actor=self.actor)

    async def rate(self, number: str, request: RateIn, *, key: str) -> TicketOut:
        return await self.client.rate(number, request, key=key, actor=self.actor)

    async def answer_question(self, question: int, request: AnswerQuestionIn, *, key: str) -> TicketOut:
        return await self.client.answer_question(question, request, key=key, actor=self.actor)

    async def set_transcript(self, attachment: str, request: TranscriptIn, *, key: str) -> AttachmentOut:
        return await self.client.set_transcript(attachment, request, key=key, actor=self.actor)

    async def list_drafts(self) -> DraftPage:
        return await self.client.list_drafts(actor=self.actor)

    async def save_draft(self, draft: str, request: DraftIn, *, key: str) -> DraftOut:
        return await self.client.save_draft(draft, request, key=key, actor=self.actor)

    async def drop_draft(self, draft: str, *, key: str) -> None:
        await self.client.drop_draft(draft, key=key, actor=self.actor)


@dataclass(frozen=True)
class StaffCalls:
    """A member of staff's calls through the API client."""

    client: BackendClient
    actor: str | None
    """None with the token of a staff session, which speaks for its owner."""

    async def view_staff(self) -> StaffOut:
        return await self.client.view_staff(actor=self.actor)

    async def bind(self, request: BindIn, *, key: str) -> StaffOut:
        assert self.actor is not None, "a session that is logged in has nothing to bind"
        return await self.client.bind(request, key=key, actor=self.actor)

    async def make_binding_code(self) -> BindingCodeOut:
        return await self.client.make_binding_code(actor=self.actor)

    async def list_log_ins(self) -> LogInList:
        return await self.client.list_log_ins(actor=self.actor)

    async def end_log_in(self, log_in: str, *, key: str) -> None:
        await self.client.end_log_in(log_in, key=key, actor=self.actor)

    async def end_other_log_ins(self, *, key: str) -> None:
        await self.client.end_other_log_ins(key=key, actor=self.actor)

    async def list_failed_log_ins(self, *, cursor: str | None = None, limit: int = 20) -> FailedLogInPage:
        return await self.client.list_failed_log_ins(cursor=cursor, limit=limit, actor=self.actor)

    async def list_tickets(self, *, queue: str | None = None, cursor: str | None = None, limit: int = 20) -> TicketPage:
        return await self.client.list_tickets(queue=queue, cursor=cursor, limit=limit, actor=self.actor)

    async def view_ticket(self, number: str) -> TicketOut:
        return await self.client.view_ticket(number, actor=self.actor)

    async def list_events(self, number: str, *, cursor: str | None = None, limit: int = 20) -> EventPage:
        return await self.client.list_events(number, cursor=cursor, limit=limit, actor=self.actor)

    async def list_takers(self, assignment: int) -> ColleagueList:
        return await self.client.list_takers(assignment, actor=self.actor)

    async def do(self, act: Act[RequestT, DoneT], subject: str | int, request: RequestT, *, key: str) -> DoneT:
        return await self.client.do(act, subject, request, key=key, actor=self.actor)
