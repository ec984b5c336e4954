"""Acceptance 受理 of a ticket by the desk."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission


class AcceptIn(OnVersion):
    pass


ACCEPT = Act(
    verb="accept",
    permission=Permission.ACCEPT,
    on=On.TICKET,
    request=AcceptIn,
    gives=TicketOut,
    operation="accept_ticket",
    path="accept",
    summary="Accept 受理; a scenario with a duty is dispatched at once.",
    confirmed=False,
    typed="accept",
)
