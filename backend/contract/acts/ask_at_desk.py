"""A question to the enterprise before the ticket goes out; the desk's clock stands until it is answered."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, Stage, Wants
from backend.contract.acts.ask import AskIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission

ASK_AT_DESK = Act(
    verb="ask_at_desk",
    permission=Permission.ASK_AT_DESK,
    on=On.TICKET,
    request=AskIn,
    gives=TicketOut,
    operation="ask_at_desk_of_ticket",
    path="questions",
    summary="Ask the enterprise something before the ticket goes out; the desk's clock stands until it answers.",
    stages=(Stage("text", Wants.WORDS),),
)
