"""A look at the person behind a ticket, which is logged."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from backend.contract.acts.act import Act, On, Stage, Wants
from backend.contract.models.base import Request
from backend.contract.models.contacts import PersonOut
from backend.contract.models.values import Remark
from backend.contract.words import Permission

LOOK_REASON = 5
"""Visible characters that the reason for a look at a hidden reporter needs: fewer say nothing to who reads the log."""


class LookIn(Request):
    """A look at the person behind a ticket; the reason goes into the access log."""

    reason: Annotated[Remark, StringConstraints(max_length=200)] = ""
    """Required for a report with a hidden reporter, of at least five characters that can be seen."""


LOOK = Act(
    verb="look",
    permission=Permission.LOOK,
    on=On.TICKET,
    request=LookIn,
    gives=PersonOut,
    operation="look_at_person",
    path="person",
    summary="Name and number of the contact, unmasked; every look is logged.",
    stages=(Stage("reason", Wants.WORDS, least=LOOK_REASON, most=200),),
    confirmed=False,
    reads=True,
)
"""The reason is asked of a hidden reporter's ticket alone."""
