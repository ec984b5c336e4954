"""A unit's answer 回复."""

from __future__ import annotations

from pydantic import Field

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose, Uuid
from backend.contract.words import Permission


class ReplyIn(OnVersion):
    text: Prose
    solved: bool = True
    attachments: list[Uuid] = Field([], max_length=20)


REPLY = Act(
    verb="reply",
    permission=Permission.REPLY,
    on=On.ASSIGNMENT,
    request=ReplyIn,
    gives=TicketOut,
    operation="reply_to_assignment",
    path="reply",
    summary="Answer for the department 回复.",
    stages=(Stage("text", Wants.MATERIAL), Stage("solved", Wants.YES_NO)),
    typed="reply",
)
