"""Questions of handlers and the desk to the enterprise."""

from __future__ import annotations

from backend.actions import answer_question
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import IdPath
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.models.tickets import TicketOut

operations = Operations("questions")


@operations("POST", "/questions/{id}/answer", Access.CONTACT)
async def answer_handlers_question(call: Call[IdPath, Nothing, AnswerQuestionIn]) -> TicketOut:
    """Answer it; the clock goes on."""
    return await answer_question.answer_question(call.context, call.actor, call.path.id, call.body)
