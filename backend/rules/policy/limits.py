"""How long everybody has."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from backend.contract.faults import Refused, suggestion
from backend.contract.message import Message
from backend.contract.words import Kind
from backend.rules.policy.section import Section, Span
from backend.rules.policy.values import ClockTime, CountsFrom, Slug


class ResolveLimits(Section):
    """Limit for a department to resolve a ticket, by kind of request."""

    counts_from: CountsFrom
    consultation: Span
    help: Span
    suggestion: Span
    complaint: Span
    report: Span

    def of(self, kind: Kind) -> Span:
        limit = getattr(self, kind.value)
        assert isinstance(limit, Span)
        return limit


class Contact(Section):
    """Limit to get in touch with the enterprise."""

    counts_from: CountsFrom
    within: Span


class Interim(Section):
    """Interim answer by this time of the first working day after the start."""

    counts_from: CountsFrom
    by: ClockTime


class Resolve(Section):
    counts_from: CountsFrom
    within: Span


class Clock(Section):
    """A named set of limits that a scenario carries in place of those by kind."""

    contact: Contact | None = None
    interim: Interim | None = None
    resolve: Resolve


class Limits(Section):
    verify: Span
    """For the seat, from filing to acceptance or rejection."""
    dispatch: Span
    """For the dispatch desk, from acceptance, or from when a ticket came back to it."""
    decide: Span
    """For the office, from a unit's request to return its part."""
    call_back: Span
    """For the seat, from filing to reaching a person who waits for a call."""
    sign: Span
    """For a department, from dispatch to signing."""
    resolve: ResolveLimits
    clocks: dict[Slug, Clock] = {}
    scenarios: dict[Slug, Slug] = {}
    """Scenario → name of the clock it carries."""

    @model_validator(mode="after")
    def _named_clocks(self) -> Limits:
        for scenario, clock in self.scenarios.items():
            if clock not in self.clocks:
                told = Message("policy.no_clock", {"clock": clock})
                raise Refused(told, suggestion(clock, self.clocks), ("scenarios", scenario))
        return self


class Extension(Section):
    most: Annotated[int, Field(ge=0, le=20)]
    """How many extensions 延期 one ticket may get."""
