"""Handing an assignment to a colleague of the same unit 内部改派, by its leader alone."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Id, Prose
from backend.contract.words import Permission


class ReassignIn(OnVersion):
    handler: Id
    """Account of who takes it over, one of the assignment's `takers`."""
    reason: Prose


REASSIGN = Act(
    verb="reassign",
    permission=Permission.REASSIGN,
    on=On.ASSIGNMENT,
    request=ReassignIn,
    gives=TicketOut,
    operation="reassign_assignment",
    path="reassign",
    summary="Hand it to a colleague of the unit 内部改派; for its leaders. Clock and promise go on.",
    stages=(Stage("handler", Wants.PERSON), Stage("reason", Wants.WORDS)),
    typed="reassign",
)
