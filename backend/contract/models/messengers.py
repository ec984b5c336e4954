"""Messenger accounts of staff, groups of departments, topics of tickets."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from .base import Answer, Request
from .values import Line


class BindingCodeOut(Answer):
    code: str
    """One-time, 8 digits; bind a messenger account with it."""
    expires_at: AwareDatetime


class BindIn(Request):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]


class GroupIn(Request):
    """A department's forum group in a messenger."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
    """One-time code of a leader or handler of that department."""
    chat: Line


class TopicIn(Request):
    """The topic that stands for a ticket in a department's group."""

    chat: Line
    topic: Annotated[int, Field(ge=1, le=2**53 - 1)]


class GroupMoveIn(Request):
    """A department's group lives on under another id, as one that became a supergroup does."""

    to: Line


class TopicOut(Answer):
    chat: str
    topic: int | None
    ticket: str | None
