"""What waits, for somebody or for a time, and the due row that watches it: nothing waits without a clock (DOMAIN)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from backend.contract.words import AssignmentState, TicketState
from backend.rules import lifecycle, permissions


class About(StrEnum):
    """What a due row can be about, as its subject begins in the table."""

    TICKET = "t"
    ASSIGNMENT = "a"
    QUESTION = "q"
    DRAFT = "d"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a due row is about."""

    about: About
    id: str

    @classmethod
    def ticket(cls, ticket_id: int) -> Subject:
        return cls(About.TICKET, str(ticket_id))

    @classmethod
    def assignment(cls, assignment_id: int) -> Subject:
        return cls(About.ASSIGNMENT, str(assignment_id))

    @classmethod
    def question(cls, question_id: int) -> Subject:
        return cls(About.QUESTION, str(question_id))

    @classmethod
    def draft(cls, draft_id: object) -> Subject:
        return cls(About.DRAFT, str(draft_id))

    @classmethod
    def parse(cls, stored: str) -> Subject:
        """Raises ValueError for what is none, such as the house's own."""
        return cls(About(stored[:1]), stored[1:])

    @property
    def number(self) -> int:
        """The id, of all but a draft."""
        return int(self.id)

    def __str__(self) -> str:
        """As it is stored."""
        return f"{self.about}{self.id}"


class Watch(StrEnum):
    """What a due row watches over; its kind begins with it."""

    VERIFY = "verify"
    DISPATCH = "dispatch"
    CALL_BACK = "call_back"
    DECIDE = "decide"
    SIGN = "sign"
    CONTACT = "contact"
    INTERIM = "interim"
    RESOLVE = "resolve"
    QUESTION = "question"
    RATING = "rating"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Watched:
    subject: Subject
    by: Watch
    """At least one open row of this subject is of a kind that watches over it."""


RESTS: Final[Mapping[TicketState | AssignmentState, str]] = {
    TicketState.CLOSED: "It has ended; how long it is kept is watched for all tickets by the nightly round.",
    TicketState.REJECTED: "It has ended.",
    TicketState.WITHDRAWN: "It has ended.",
    AssignmentState.REPLIED: "The unit owes nothing; the ticket waits for the other parts, each of them watched.",
    AssignmentState.RETURNED: "Another unit has it, or the desk, and that is watched.",
    AssignmentState.CANCELLED: "Its ticket has ended.",
}
"""States in which nothing waits, and why."""


class Ticket(permissions.Ticket, Protocol):
    @property
    def id(self) -> int: ...


class Part(permissions.Part, Protocol):
    @property
    def sign_due(self) -> datetime | None: ...
    @property
    def interim_due(self) -> datetime | None: ...
    @property
    def interim_at(self) -> datetime | None: ...


class Question(permissions.Question, Protocol):
    @property
    def assignment_id(self) -> int | None: ...


def watched(ticket: Ticket, parts: Sequence[Part], questions: Iterable[Question], now: datetime) -> Iterator[Watched]:
    """All that must be watched now.

    `questions`: neither answered nor open for longer than they may stop a clock. After that they may still be answered,
    but nothing waits for it: the clock of who asked runs.
    """
    yield from (Watched(Subject.ticket(ticket.id), watch) for watch in _of_ticket(ticket, parts))
    at_it = [one for one in parts if one.round == ticket.round and one.state in lifecycle.OPEN_PARTS]
    for part in at_it:
        yield from (Watched(Subject.assignment(part.id), watch) for watch in _of_part(part, now))
    for question in questions:
        asker = question.assignment_id
        awaited = permissions.at_desk(ticket, parts) if asker is None else asker in {part.id for part in at_it}
        if awaited:
            yield Watched(Subject.question(question.id), Watch.QUESTION)


def _of_ticket(ticket: Ticket, parts: Sequence[Part]) -> Iterator[Watch]:
    if ticket.state is TicketState.SUBMITTED:
        yield Watch.VERIFY
    elif permissions.at_desk(ticket, parts):
        yield Watch.DISPATCH
    if ticket.callback and ticket.state not in RESTS:
        yield Watch.CALL_BACK
    if ticket.state is TicketState.COMPLETED:
        yield Watch.RATING


def _of_part(part: Part, now: datetime) -> Iterator[Watch]:
    """Whatever else was due has been told of once it has passed; then the part is watched by its resolve limit, which
    comes again and again. While a question stops the clock, it stands where it is if nobody answers.
    """
    yield Watch.RESOLVE
    if part.state is AssignmentState.DISPATCHED and _lies_ahead(part.sign_due, now):
        yield Watch.SIGN
    if part.contacted_at is None and _lies_ahead(part.contact_due, now):
        yield Watch.CONTACT
    if part.interim_at is None and _lies_ahead(part.interim_due, now):
        yield Watch.INTERIM
    if part.return_proposed:
        yield Watch.DECIDE


def _lies_ahead(limit: datetime | None, now: datetime) -> bool:
    return limit is not None and now < limit
