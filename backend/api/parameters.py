"""Path and query parameters that several resources share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backend.api.operations import Parameters
from backend.contract.models.values import Id, Line, TicketNumber, Uuid

Cursor = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Limit = Annotated[int, Field(ge=1, le=200)]


class TicketPath(Parameters):
    number: TicketNumber


class IdPath(Parameters):
    id: Id


class UuidPath(Parameters):
    id: Uuid


class LogInPath(Parameters):
    id: Annotated[str, Field(pattern=r"^(p[0-9a-f]{16}|m[1-9][0-9]{0,14})$")]


class TicketChatPath(Parameters):
    number: TicketNumber
    chat: Line


class ChatPath(Parameters):
    chat: Line


class ChatTopicPath(Parameters):
    chat: Line
    topic: Id


class PageQuery(Parameters):
    cursor: Cursor | None = None
    """From the page before; none for the first."""
    limit: Limit = 50
