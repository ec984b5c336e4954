"""What a contact does with a ticket."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from backend.contract.words import Grade

from .base import Answer, Request
from .values import Line, Phone, Prose, Remark, RetrievalCode, TicketNumber, Uuid


class AnswerQuestionIn(Request):
    text: Prose
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []


class AdditionIn(Request):
    text: Annotated[Remark, StringConstraints(max_length=5000)] = ""
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []


class CorrectionIn(Request):
    """What is right; what is left out stays."""

    name: Line | None = None
    """The contact's."""
    phone: Phone | None = None
    enterprise: Line | None = None
    """The enterprise's name, as stated; the registered one is the office's to confirm."""
    also: Annotated[list[TicketNumber], Field(max_length=20)] = []
    """Other tickets of mine that it is meant for, too; those that have ended meanwhile are left as they are."""


class CorrectableOut(Answer):
    others: list[str]
    """Open tickets of mine by the same contact for the same enterprise, the latest first; never a hidden reporter's."""


class WithdrawIn(Request):
    reason: Annotated[Remark, StringConstraints(max_length=1000)] = ""


class RateIn(Request):
    grade: Grade
    solved: bool
    comment: Annotated[Remark, StringConstraints(max_length=2000)] = ""
    """Asked for, with its reason, when dissatisfied."""
    code: RetrievalCode | None = None
    """Lets somebody else than the ticket's contact rate it, such as the same person by another channel."""
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []
    """Files of the comment, such as the recording of a spoken one."""
