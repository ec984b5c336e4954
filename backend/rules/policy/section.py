"""What every part of a policy is checked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.contract.faults import Refused
from backend.contract.message import Message
from backend.rules.policy.values import Hours
from backend.rules.working_time import WorkingSpan


def require_hours_in_order(hours: Hours) -> None:
    edges = [edge for pair in hours for edge in pair]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise Refused(Message("policy.hours"), place=("hours",))


def require_rising(values: Mapping[str, float | None], *, strictly: bool = False) -> None:
    """Of those that are given, by their keys."""
    given = [value for value in values.values() if value is not None]
    if any(later < earlier or (strictly and later == earlier) for earlier, later in pairwise(given)):
        kind = "policy.growing" if strictly else "policy.not_shrinking"
        raise Refused(Message(kind, {"keys": ", ".join(values)}))


def require_one(values: Mapping[str, object]) -> None:
    """Of two keys."""
    if sum(value is not None for value in values.values()) != 1:
        raise Refused(Message("policy.either", {"keys": ", ".join(values)}))


class Section(BaseModel):
    """Base of every part of the policy: unknown keys, wrong types and missing values are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Span(Section):
    """A limit in working days or in working hours; give exactly one."""

    working_days: Annotated[int, Field(ge=1, le=366)] | None = None
    working_hours: Annotated[float, Field(gt=0, le=1000)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Span:
        require_one(dict(self))
        return self

    def span(self) -> WorkingSpan:
        if self.working_days is not None:
            return WorkingSpan(days=self.working_days)
        return WorkingSpan(time=timedelta(hours=self.working_hours or 0))
