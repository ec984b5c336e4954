"""Notices on their way to a channel."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from .base import Answer, Request
from .values import Line, Slug


class ClaimIn(Request):
    channels: Annotated[list[Slug], Field(min_length=1, max_length=10)]
    addresses: Annotated[list[Line], Field(max_length=1000)] | None = None
    """Only for these addresses (a web page that is open now)."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    lease_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    """Longer than it takes: a call lasts longer than a message."""


class NoticeOut(Answer):
    """One message to deliver; `key` names it for ever, so a receiver can recognise a repeat."""

    id: int
    key: str
    channel: str
    address: str
    """The channel's id of the receiver; `group:<chat id>` for a department's group."""
    fallback: list[str] = []
    """For a group: addresses of its members, if the group cannot be reached."""
    language: str
    template: str
    args: dict[str, Any]
    ticket: str | None
    attempts: int


class NoticePage(Answer):
    items: list[NoticeOut]


FailedReason = Literal["blocked", "gone", "refused", "temporary", "busy", "no_answer", "declined", "unsupported"]
"""Why a notice was not delivered.

`blocked`: the person shut us out. `gone`: there is no such account or number. `refused`: the channel does not take this
content. `temporary`: try again. `unsupported`: this channel has no way to deliver such a notice. Of a call: `busy`,
`no_answer`, and `declined` by the person.
"""


class NoticeFailed(Request):
    reason: FailedReason
    retry_seconds: Annotated[int, Field(ge=0, le=86400)] = 30
    """For `temporary`; when a call is made again is the policy's."""
