"""What is done about a limit before it is missed, or after."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from backend.rules.policy.section import Section, Span, require_rising
from backend.rules.policy.values import Share


class WarningRules(Section):
    """When a ticket turns blue, yellow, red (Chibi 2022, item 13)."""

    blue_share: Share
    """Share of the limit used."""
    yellow_share: Share
    yellow_working_hours: Annotated[float, Field(ge=0, le=1000)]
    """Working hours left."""
    red_when_overdue: bool
    """True: a passed limit is red by itself. False: only if also blocked or urgent."""

    @model_validator(mode="after")
    def _ordered(self) -> WarningRules:
        require_rising({"blue_share": self.blue_share, "yellow_share": self.yellow_share})
        return self


class Escalation(Section):
    """Who is told when a ticket is unsigned or overdue; the unit's leader always is, at once."""

    parent_after: Span
    """Counted from the missed limit."""
    again_after: Span
    """Who was told last is told again after this, as long as nothing happens."""


class QuestionRules(Section):
    """Questions to the enterprise: how long they stop a clock."""

    shown_within: Span
    """What was not shown to the person by then stopped nothing."""
    reminder_after: Span
    """The person is reminded once."""
    ends_after: Span
    """Then the clock goes on; the question may still be answered."""
    pausing: Annotated[int, Field(ge=0, le=100)]
    """So many questions of one unit stop its clock, the first ones."""
    pause_in_all: Span
    """Most that the questions of one unit stop its clock, all together."""

    @model_validator(mode="after")
    def _ordered(self) -> QuestionRules:
        spans = {
            "shown_within": self.shown_within,
            "reminder_after": self.reminder_after,
            "ends_after": self.ends_after,
        }
        require_rising({key: span.working_days for key, span in spans.items()})
        return self
