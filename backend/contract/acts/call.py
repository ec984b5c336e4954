"""A call to an enterprise that waited to be called back, made by hand."""

from __future__ import annotations

from backend.contract.acts.act import Act, On
from backend.contract.models.calls import CallIn
from backend.contract.words import CallOutcome, Permission

CALL = Act(
    verb="called",
    permission=Permission.CALL,
    on=On.TICKET,
    request=CallIn,
    gives=type(None),
    operation="record_call",
    path="calls",
    summary="What became of a call to the enterprise: one a notice ordered, or one made by hand.",
    confirmed=False,
    fixed={"outcome": CallOutcome.ANSWERED},
)
"""The phone line sends the same request of its own calls."""
