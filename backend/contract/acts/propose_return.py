"""A proposed return 退单, naming the right unit or the legal basis."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose, Slug
from backend.contract.words import Permission


class ProposeReturnIn(OnVersion):
    """Return 退单: names the right unit or the legal basis."""

    reason: Prose
    unit: Slug | None = None
    basis: Prose | None = None


PROPOSE_RETURN = Act(
    verb="return",
    permission=Permission.PROPOSE_RETURN,
    on=On.ASSIGNMENT,
    request=ProposeReturnIn,
    gives=TicketOut,
    operation="propose_return_of_assignment",
    path="return",
    summary="Propose a return 退单, naming the right unit or the legal basis.",
    stages=(
        Stage("reason", Wants.WORDS),
        Stage("unit", Wants.UNIT, optional=True),
        # DOMAIN: a return names the right unit or the legal basis.
        Stage("basis", Wants.WORDS, when=lambda given: not given.get("unit")),
    ),
    typed="return",
)
