"""An answer by the desk itself, without a dispatch 直接答复."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose
from backend.contract.words import Permission


class AnswerAtOnceIn(OnVersion):
    text: Prose


ANSWER_AT_ONCE = Act(
    verb="at_once",
    permission=Permission.ANSWER_AT_ONCE,
    on=On.TICKET,
    request=AnswerAtOnceIn,
    gives=TicketOut,
    operation="answer_ticket_at_once",
    path="answer",
    summary="Answer at the seat, without a dispatch.",
    stages=(Stage("text", Wants.WORDS),),
    typed="answer",
)
