"""Dispatch 派单 to a lead unit 主办 and assisting units 协办."""

from __future__ import annotations

from pydantic import Field

from backend.contract.acts.act import Act, Given, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Line, Slug
from backend.contract.words import Permission


class DispatchIn(OnVersion):
    lead: Slug
    assists: list[Slug] = Field([], max_length=10)
    reason: Line | None = None


def _known(ticket: TicketOut) -> Given:
    return {"suggested": " ".join(ticket.suggestions)}


DISPATCH = Act(
    verb="dispatch",
    permission=Permission.DISPATCH,
    on=On.TICKET,
    request=DispatchIn,
    gives=TicketOut,
    operation="dispatch_ticket",
    path="dispatch",
    summary="Hand to a lead unit and assisting units 派单.",
    stages=(Stage("lead", Wants.UNIT), Stage("assists", Wants.UNITS, optional=True)),
    known=_known,
    typed="dispatch",
)
