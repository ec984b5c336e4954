"""A confirmed form on its way to becoming a ticket."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from backend.contract.words import Kind, TicketState

from .base import Answer, Request
from .contacts import ContactIn, EnterpriseIn
from .values import Json, Language, LanguageKey, Line, Prose, Slug, Uuid


class FieldAnswer(Request):
    """One answered field of the template, with the words it was asked and shown in."""

    field: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: dict[LanguageKey, Line]
    value: Json = None
    shown: dict[LanguageKey, Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00]*$")]]


def _each_once(answers: list[FieldAnswer]) -> list[FieldAnswer]:
    """Answered and open at once, a field could never be completed."""
    if len({one.field for one in answers}) < len(answers):
        raise ValueError("each field can be named only once")
    return answers


class Place(Request):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    label: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


class NewTicket(Request):
    """A confirmed form. The contact comes from the acting identity."""

    kind: Kind
    scenario: Slug
    scenario_version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    language: Language = "zh_CN"
    title: Line
    story: Prose
    district: Slug | None = None
    address: Line | None = None
    location: Place | None = None
    urgent: bool = False
    hidden_reporter: bool = False
    unclear: bool = False
    """True when a person gave up the form and asked for a human: a seat completes it."""
    callback: bool = False
    """The person waits for a call back: no seat was free, they hung up midway, or they asked for it."""
    enterprise: EnterpriseIn | None = None
    contact: ContactIn | None = None
    answers: Annotated[list[FieldAnswer], Field(max_length=60), AfterValidator(_each_once)] = []
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []
    draft: Uuid | None = None
    """Draft that this filing ends."""


class TicketReceipt(Answer):
    """Answer to filing; the retrieval code 查询码 is only in the acceptance notice."""

    number: str
    state: TicketState
    promised_at: AwareDatetime | None
    provisional: bool
    """True when the promised time reaches into a year whose holidays are not decreed yet."""
