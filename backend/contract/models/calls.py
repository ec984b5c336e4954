"""Calls to enterprises."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backend.contract.words import CallOutcome

from .base import Request
from .values import Id


class CallIn(Request):
    """What became of a call to the enterprise, by the phone line or by hand."""

    outcome: CallOutcome
    notice: Id | None = None
    """The notice that ordered it; none for a call that a seat made by hand."""
    seconds: Annotated[int, Field(ge=0, le=86400)] = 0
    """How long they talked."""
