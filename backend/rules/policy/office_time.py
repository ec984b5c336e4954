"""When the office works."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from backend.contract.faults import Refused
from backend.contract.message import Message
from backend.rules.policy.section import Section, require_hours_in_order
from backend.rules.policy.values import Hours


class OfficeTime(Section):
    """When the office works."""

    timezone: str
    """IANA name, such as Asia/Shanghai."""
    hours: Hours
    """Opening and closing times of a working day, in order."""
    days: dict[date, Literal["working", "holiday"]] = {}
    """The office's own days; they win over the State Council's decree."""
    decreed_years: tuple[Annotated[int, Field(ge=2000, le=2099)], ...] = ()
    """Years whose whole decree is entered under `days`: deadlines in them are no longer provisional."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError):  # unknown, a folder's name, or a path
            raise Refused(Message("policy.timezone", {"value": name})) from None
        return name

    @model_validator(mode="after")
    def _ordered(self) -> OfficeTime:
        require_hours_in_order(self.hours)
        return self
