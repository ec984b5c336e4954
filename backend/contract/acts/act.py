"""What an act is: something that staff do with a ticket, or a unit with its part of it.

Its description knows no channel: the chat plays its stages as a talk, a page could draw them as a form, the API takes
its request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from backend.contract.models.base import Request
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import MOST_PROSE, Version
from backend.contract.words import Permission

RequestT = TypeVar("RequestT", bound=Request)
AnswerT = TypeVar("AnswerT")

Given = Mapping[str, str]
"""What was said so far, by the names of the stages; units by their codes, several with spaces between,
people by the numbers of their accounts."""


class On(StrEnum):
    """What an act is done with; in addresses its plural."""

    TICKET = "ticket"
    ASSIGNMENT = "assignment"


class Wants(StrEnum):
    """The kind of answer a stage takes."""

    WORDS = "words"
    """One message of text."""
    MATERIAL = "material"
    """Text and files."""
    UNIT = "unit"
    """One department."""
    UNITS = "units"
    """Any number of departments."""
    PERSON = "person"
    """A colleague of the unit who may take the part over, by the number of their account."""
    YES_NO = "yes_no"


class OnVersion(Request):
    """Base of requests: names the version of the ticket that the person was looking at."""

    version: Version


@dataclass(frozen=True)
class Stage:
    """One question of an act, whose answer becomes the field of the request that it is named after."""

    name: str
    wants: Wants
    optional: bool = False
    when: Callable[[Given], bool] | None = None
    """Whether it is asked at all; None: always."""
    prefilled: bool = False
    """What is `known` from the start may stay; where nothing is, it is answered."""
    chosen: bool = False
    """Answered by how the act is begun: each answer has a button of its own."""
    least: int = 1
    """Characters to be seen that words need."""
    most: int = MOST_PROSE
    """Characters of words at most."""


def _nothing(_ticket: TicketOut) -> Given:
    return {}


@dataclass(frozen=True, kw_only=True, eq=False)
class Act(Generic[RequestT, AnswerT]):
    """One thing that may be done. It is offered to whom `may` of the ticket names its permission."""

    verb: str
    """Its name in buttons, sessions and catalogues, which people's screens hold for ever: it never changes."""
    permission: Permission
    on: On
    request: type[RequestT]
    gives: type[AnswerT]
    """A model, or NoneType for no answer."""
    operation: str
    """Its name in the API's document."""
    path: str
    """Its address, below that of the ticket or assignment."""
    summary: str
    stages: tuple[Stage, ...] = ()
    confirmed: bool = True
    """Shown whole and confirmed before it is sent; else the last answer, or beginning it, is the confirmation."""
    reads: bool = False
    """It changes nothing."""
    typed: str = ""
    """The command that begins it in the topic of a ticket, without the slash; empty: there is none."""
    known: Callable[[TicketOut], Given] = _nothing
    """What is known of its stages and questions when it begins."""
    tells: tuple[str, ...] = ()
    """What of that its questions tell."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """What its request always says."""

    @property
    def at_once(self) -> bool:
        """Whether beginning it is all there is to it."""
        return not self.confirmed and not self.stages

    @property
    def asked(self) -> tuple[Stage, ...]:
        """The stages that are questions."""
        return tuple(stage for stage in self.stages if not stage.chosen)

    def address(self, subject: str | int) -> str:
        """Of what it is done with: the ticket's number, or the assignment's id."""
        return f"/{self.on}s/{subject}/{self.path}"

    def read(self, answer: bytes) -> AnswerT:
        """What the backend answered."""
        if issubclass(self.gives, BaseModel):
            return self.gives.model_validate_json(answer)
        return self.gives()

    def written(self, version: int, given: Given, files: tuple[str, ...] = ()) -> RequestT:
        """The request. Raises pydantic's ValidationError where something is missing."""
        values: dict[str, Any] = dict(self.fixed)
        if "version" in self.request.model_fields:
            values["version"] = version
        for stage in self.stages:
            said = given.get(stage.name, "")
            if stage.wants is Wants.MATERIAL:
                values["attachments"] = list(files)
            if said or stage.wants is Wants.UNITS:
                values[stage.name] = _VALUES[stage.wants](said)
        return self.request.model_validate(values)


_VALUES: Final[Mapping[Wants, Callable[[str], Any]]] = {
    Wants.WORDS: str,
    Wants.MATERIAL: str,
    Wants.UNIT: str,
    Wants.PERSON: int,
    Wants.UNITS: str.split,
    Wants.YES_NO: lambda said: said == "yes",
}

AnyAct = Act[Any, Any]
