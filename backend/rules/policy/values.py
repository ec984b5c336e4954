"""The kinds of values that a policy holds."""

from __future__ import annotations

import re
from datetime import time
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

from backend.contract.faults import Refused
from backend.contract.message import Message


def _share(value: object) -> object:
    """Lets a share be written as a fraction: `2/3`."""
    if isinstance(value, str):
        try:
            return float(Fraction(value))
        except (ValueError, ZeroDivisionError):
            raise Refused(Message("policy.share", {"value": value})) from None
    return value


def _clock_time(value: object) -> time:
    """Takes HH:MM only, where pydantic would also take seconds since midnight, zones and fractions."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise Refused(Message("policy.time", {"value": str(value)}))


Share = Annotated[
    float,
    BeforeValidator(_share),
    Field(gt=0, lt=1),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, {"type": "string"}]},
    ),
]
ClockTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
    PlainSerializer(lambda value: f"{value:%H:%M}", when_used="json"),
]
Hours = Annotated[tuple[tuple[ClockTime, ClockTime], ...], Field(min_length=1)]
"""Stretches of a day, each from when to when."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Days = Annotated[int, Field(ge=1, le=3660)]
CountsFrom = Literal["dispatch", "sign"]
