"""Refusal of a ticket 不予受理, with its legal basis."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose
from backend.contract.words import Permission


class RejectIn(OnVersion):
    reason: Prose
    basis: Prose
    """Legal basis of the rejection (Guangxi, part 3)."""


REJECT = Act(
    verb="reject",
    permission=Permission.REJECT,
    on=On.TICKET,
    request=RejectIn,
    gives=TicketOut,
    operation="reject_ticket",
    path="reject",
    summary="Refuse 不予受理, with reason and legal basis.",
    stages=(Stage("reason", Wants.WORDS), Stage("basis", Wants.WORDS)),
    typed="reject",
)
