"""A question to the enterprise, by the unit that handles the matter; the clock stands until it is answered."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose
from backend.contract.words import Permission


class AskIn(OnVersion):
    text: Prose


ASK = Act(
    verb="ask",
    permission=Permission.ASK,
    on=On.ASSIGNMENT,
    request=AskIn,
    gives=TicketOut,
    operation="ask_enterprise",
    path="questions",
    summary="Ask the enterprise something; the clock stands until it answers.",
    stages=(Stage("text", Wants.WORDS),),
    typed="ask",
)
