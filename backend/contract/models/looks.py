"""Looks at personal data, which are logged."""

from __future__ import annotations

from pydantic import AwareDatetime

from .base import Answer


class Look(Answer):
    """One look at personal data."""

    at: AwareDatetime
    actor: str
    """contact or staff."""
    staff: str | None
    """User name of who looked."""
    ticket: str | None
    what: str
    reason: str


class LookPage(Answer):
    items: list[Look]
    next: str | None
