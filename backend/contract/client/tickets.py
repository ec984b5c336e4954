"""The tickets' part of the API client: read by whom they concern, filed and followed up by their contact."""

from __future__ import annotations

from backend.contract.client.transport import Resource
from backend.contract.models.contact_requests import (
    AdditionIn,
    AnswerQuestionIn,
    CorrectableOut,
    CorrectionIn,
    RateIn,
    WithdrawIn,
)
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.models.same_matter import MatterIn, SameMatters
from backend.contract.models.tickets import CorrectedOut, Lookup, Progress, TicketOut, TicketPage
from backend.contract.models.timeline import EventPage
from backend.contract.words import TicketState


class Tickets(Resource):
    """What staff and contacts may read."""

    async def list_tickets(
        self,
        *,
        cursor: str | None = None,
        limit: int = 50,
        state: TicketState | None = None,
        queue: str | None = None,
    ) -> TicketPage:
        return await self._get(TicketPage, "/tickets", cursor=cursor, limit=limit, state=state, queue=queue)

    async def view_ticket(self, number: str) -> TicketOut:
        return await self._get(TicketOut, f"/tickets/{number}")

    async def list_events(self, number: str, *, cursor: str | None = None, limit: int = 50) -> EventPage:
        return await self._get(EventPage, f"/tickets/{number}/events", cursor=cursor, limit=limit)


class OwnTickets(Resource):
    """What a contact does with tickets of their own."""

    async def file_ticket(self, request: NewTicket, *, key: str) -> TicketReceipt:
        return await self._ask(TicketReceipt, "POST", "/tickets", request, key=key)

    async def find_same(self, request: MatterIn) -> SameMatters:
        return await self._ask(SameMatters, "POST", "/tickets/same", request)

    async def look_up(self, request: Lookup) -> Progress:
        return await self._ask(Progress, "POST", "/tickets/lookup", request)

    async def add_material(self, number: str, request: AdditionIn, *, key: str) -> TicketOut:
        return await self._ask(TicketOut, "POST", f"/tickets/{number}/additions", request, key=key)

    async def urge(self, number: str, *, key: str) -> TicketOut:
        return await self._ask(TicketOut, "POST", f"/tickets/{number}/urging", key=key)

    async def view_correctable(self, number: str) -> CorrectableOut:
        return await self._get(CorrectableOut, f"/tickets/{number}/corrections")

    async def correct(self, number: str, request: CorrectionIn, *, key: str) -> CorrectedOut:
        return await self._ask(CorrectedOut, "POST", f"/tickets/{number}/corrections", request, key=key)

    async def withdraw(self, number: str, request: WithdrawIn, *, key: str) -> TicketOut:
        return await self._ask(TicketOut, "POST", f"/tickets/{number}/withdrawal", request, key=key)

    async def rate(self, number: str, request: RateIn, *, key: str) -> TicketOut:
        return await self._ask(TicketOut, "POST", f"/tickets/{number}/ratings", request, key=key)

    async def answer_question(self, question: int, request: AnswerQuestionIn, *, key: str) -> TicketOut:
        return await self._ask(TicketOut, "POST", f"/questions/{question}/answer", request, key=key)
