"""The database's time."""

from __future__ import annotations

from pydantic import AwareDatetime

from .base import Answer


class ClockOut(Answer):
    now: AwareDatetime
    """The database's, at some point between request and answer."""
