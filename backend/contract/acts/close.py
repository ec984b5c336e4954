"""The end of a ticket with reasons 终结, by the office."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose
from backend.contract.words import Permission


class CloseIn(OnVersion):
    reason: Prose


CLOSE = Act(
    verb="close",
    permission=Permission.CLOSE,
    on=On.TICKET,
    request=CloseIn,
    gives=TicketOut,
    operation="close_ticket",
    path="close",
    summary="End it with reasons; for the office.",
    stages=(Stage("reason", Wants.WORDS),),
    typed="close",
)
