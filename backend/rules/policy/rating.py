"""What follows an answer: it is told, rated, asked after."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from backend.rules.policy.section import Section, Span, require_hours_in_order, require_one, require_rising
from backend.rules.policy.values import Days, Hours


class RatingRules(Section):
    """After completion, in calendar days."""

    reminder_days: Days
    follow_up_days: Days
    """Without a rating by then, a person calls back 回访."""
    expiry_days: Days

    @model_validator(mode="after")
    def _ordered(self) -> RatingRules:
        require_rising(dict(self), strictly=True)
        return self


class CallPause(Section):
    """How long after a call in vain the next is made; give exactly one."""

    hours: Annotated[float, Field(gt=0, le=240)] | None = None
    """By the clock; then when calls are next allowed."""
    working_days: Annotated[int, Field(ge=1, le=30)] | None = None
    """Then when calls are first allowed on that day."""

    @model_validator(mode="after")
    def _exactly_one(self) -> CallPause:
        require_one(dict(self))
        return self


class FollowUp(Section):
    """Calls to enterprises, by the phone line: to tell an answer, to ask, to follow up 回访."""

    by_phone: bool
    """True: who has not rated and left a number is called by the phone line; False: by a seat."""
    hours: Hours
    """When calls are made, on working days only."""
    attempts: Annotated[int, Field(ge=1, le=10)]
    """Most calls of one notice."""
    pauses: Annotated[tuple[CallPause, ...], Field(min_length=1)]
    """After the first call in vain, after the second; the last one repeats."""
    within: Span
    """By then a seat takes over a follow-up that the phone line has not settled."""

    @model_validator(mode="after")
    def _ordered(self) -> FollowUp:
        require_hours_in_order(self.hours)
        return self


class Dissatisfaction(Section):
    """Which dissatisfied rating of one ticket leads to what."""

    redo_at: Annotated[int, Field(ge=1, le=10)]
    level_up_at: Annotated[int, Field(ge=1, le=10)]

    @model_validator(mode="after")
    def _ordered(self) -> Dissatisfaction:
        require_rising(dict(self), strictly=True)
        return self
