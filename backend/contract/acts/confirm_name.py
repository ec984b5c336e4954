"""The registered name of an enterprise, confirmed by the office."""

from __future__ import annotations

from backend.contract.acts.act import Act, Given, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Line
from backend.contract.words import Permission


class ConfirmNameIn(OnVersion):
    """The registered name of the credit code that a ticket gives, as the register has it."""

    name: Line


def _known(ticket: TicketOut) -> Given:
    return {"name": ticket.enterprise or "", "registered": ticket.enterprise_confirmed or ""}


CONFIRM_NAME = Act(
    verb="confirm_name",
    permission=Permission.CONFIRM_NAME,
    on=On.TICKET,
    request=ConfirmNameIn,
    gives=TicketOut,
    operation="confirm_registered_name",
    path="registered-name",
    summary="Confirm the registered name of its credit code; for the office.",
    stages=(Stage("name", Wants.WORDS, prefilled=True, most=200),),
    known=_known,
    tells=("name", "registered"),
)
