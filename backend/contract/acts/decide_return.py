"""The office's decision on a return 退单 that a unit proposed."""

from __future__ import annotations

from backend.contract.acts.act import Act, Given, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose, Slug
from backend.contract.words import Permission


class DecideReturnIn(OnVersion):
    approve: bool
    reason: Prose
    lead: Slug | None = None
    """Unit that takes the part, when approved; none leaves an assisting part out, and sends a lead's to the desk."""


def _known(ticket: TicketOut) -> Given:
    """The units that are named as the right ones by returns that wait for a decision."""
    waiting = [one for part in ticket.assignments for one in part.returns if one.approved is None]
    codes = dict.fromkeys(one.unit.code for one in waiting if one.unit)
    return {"suggested": " ".join(codes)} if codes else {}


DECIDE_RETURN = Act(
    verb="decide",
    permission=Permission.DECIDE_RETURN,
    on=On.ASSIGNMENT,
    request=DecideReturnIn,
    gives=TicketOut,
    operation="decide_return_of_assignment",
    path="return/decision",
    summary="Approve or refuse a return; for the office.",
    stages=(
        Stage("approve", Wants.YES_NO, chosen=True),
        Stage("reason", Wants.WORDS),
        Stage("lead", Wants.UNIT, optional=True, when=lambda given: given.get("approve") == "yes"),
    ),
    known=_known,
)
