"""How persons are protected."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from backend.contract import ticket_number
from backend.contract.words import Kind
from backend.rules.policy.section import Section
from backend.rules.policy.values import Days


class Anonymity(Section):
    hidden_reporter_kinds: tuple[Kind, ...]
    """Kinds whose reporter is hidden without being asked for."""
    smallest_group: Annotated[int, Field(ge=1, le=1000)]
    """Fewest tickets behind a published figure."""

    def hides(self, kind: Kind) -> bool:
        return kind in self.hidden_reporter_kinds


class Retention(Section):
    """Days after which data is removed or stripped of persons."""

    drafts_days: Days
    closed_tickets_days: Days
    attachments_days: Days
    unfiled_files_days: Annotated[int, Field(ge=4, le=366)] = 7
    """Of files that neither a ticket nor a draft names; longer than a talk may rest (SESSION_HOURS)."""
    held_tickets: tuple[Annotated[str, StringConstraints(pattern=ticket_number.PATTERN)], ...] = ()
    """Numbers of tickets that nothing is removed from: a lawsuit, a review, an archive asks for them."""
    failed_log_ins_days: Annotated[int, Field(ge=180, le=36_500)]
    """Log-ins that were refused, with their addresses: security logs, for which the same law holds."""
    access_log_days: Annotated[int, Field(ge=180, le=36_500)]
    """The Cybersecurity Law, article 21, asks for six months of logs at least."""
    staff_notices_days: Days = 30
    """How long the staff page keeps what a member of staff has not come to read."""
