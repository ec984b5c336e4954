"""Completing 补录 of a ticket that came incomplete."""

from __future__ import annotations

from pydantic import Field

from backend.contract.acts.act import Act, On, OnVersion
from backend.contract.models.contacts import ContactIn, EnterpriseIn
from backend.contract.models.filing import FieldAnswer, Place
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Line, Prose, Slug, Uuid
from backend.contract.words import Permission


class FillInIn(OnVersion):
    """What a seat learned of a ticket that came incomplete 补录.

    Only what is missing can be given: what the enterprise said stays.
    """

    answers: list[FieldAnswer] = Field([], max_length=60)
    """All that was left open, as it is now: answered, or with no value what is still open.

    What was open and is not named here has found its place elsewhere in the request.
    """
    title: Line | None = None
    story: Prose | None = None
    district: Slug | None = None
    address: Line | None = None
    location: Place | None = None
    urgent: bool = False
    """True raises the ticket; nothing lowers it."""
    enterprise: EnterpriseIn | None = None
    contact: ContactIn | None = None
    """Name and phone only."""
    attachments: list[Uuid] = Field([], max_length=20)


FILL_IN = Act(
    verb="fill_in",
    permission=Permission.FILL_IN,
    on=On.TICKET,
    request=FillInIn,
    gives=TicketOut,
    operation="fill_in_ticket",
    path="fill-in",
    summary="Complete what it came without 补录; what is there stays.",
    typed="fillin",
)
"""Its questions are those of the request's own form."""
