"""Who may do what with a ticket now: actions require it, views tell it, and pages draw their buttons by it.

By role, by unit and by where the ticket stands (DOMAIN: "Who may see and do what").
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from backend.contract.channels import channel_named
from backend.contract.events import Event
from backend.contract.events.desk import Closed
from backend.contract.events.filing import Added, Corrected, FilledIn, Withdrawn
from backend.contract.events.questions import Answered
from backend.contract.events.rating import Rated
from backend.contract.words import OPEN_STATES, AssignmentRole, AssignmentState, Permission, Role, TicketState
from backend.rules import completeness, lifecycle, reading, roles
from backend.rules.actor import Actor, ActorKind
from backend.rules.roles import DESK, UNIT


class Refusal(StrEnum):
    """Why something may not be done."""

    NOT_THEIRS = "not_theirs"
    """Another role's, unit's or person's business."""
    BARRED = "barred"
    """They answered the round before, with which the person was dissatisfied: done again by somebody else 二次转办."""
    NOT_NOW = "not_now"
    """The ticket, the part or the question does not stand where this is done."""
    UNDECIDED = "undecided"
    """The office has not decided on the return yet."""


class Ticket(Protocol):
    """A ticket, as far as it matters here."""

    @property
    def state(self) -> TicketState: ...
    @property
    def round(self) -> int: ...
    @property
    def contact_id(self) -> int: ...
    @property
    def callback(self) -> bool: ...
    @property
    def hidden_reporter(self) -> bool: ...
    @property
    def answers(self) -> Any: ...
    @property
    def enterprise_id(self) -> int | None: ...
    @property
    def enterprise_name(self) -> str | None: ...


class Part(reading.Part, Protocol):
    """A ticket handed to one department, as far as it matters here."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> AssignmentRole: ...
    @property
    def return_proposed(self) -> bool: ...
    @property
    def barred_staff_id(self) -> int | None: ...
    @property
    def contact_due(self) -> datetime | None: ...
    @property
    def contacted_at(self) -> datetime | None: ...


class Question(Protocol):
    """A question to the enterprise, as far as it matters here."""

    @property
    def id(self) -> int: ...
    @property
    def answered_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Case:
    """Who asks, about what."""

    actor: Actor
    ticket: Ticket
    parts: Sequence[Part]
    part: Part | None = None
    """What a unit does, it does with this one."""
    question: Question | None = None
    registered: str | None = None
    """The enterprise's registered name; None where nobody has confirmed one, or where that makes no difference."""


@dataclass(frozen=True)
class Allowed:
    """Something that may be done now, and with which part or question of the ticket."""

    permission: Permission
    subject: int | None = None

    def __str__(self) -> str:
        """As `may` of the API has it: `close`, `sign:12`."""
        return self.permission.value if self.subject is None else f"{self.permission}:{self.subject}"


def allowed(case: Case, questions: Sequence[Question] = ()) -> list[Allowed]:
    """All that the actor may do with the ticket, its parts and its questions, in the order in which it is offered."""
    return list(_allowed(case, questions))


def refusal(permission: Permission, case: Case) -> Refusal | None:
    """Why the actor may not; None: they may."""
    return _RULES[permission].refusal(case)


def lacks_lead(ticket: Ticket, parts: Sequence[Part]) -> bool:
    """Whether units assist with a matter whose lead was returned: the desk has to name another."""
    leads = (one for one in parts if one.round == ticket.round and one.role is AssignmentRole.LEAD)
    return ticket.state is TicketState.HANDLING and all(one.state in reading.FORMER for one in leads)


def at_desk(ticket: Ticket, parts: Sequence[Part]) -> bool:
    """Whether the desk has to send it out: not dispatched yet, sent back, or left to assisting units."""
    return ticket.state in lifecycle.BEFORE_DISPATCH or lacks_lead(ticket, parts)


def _allowed(case: Case, questions: Sequence[Question]) -> Iterator[Allowed]:
    yield from (Allowed(name) for name, rule in _ON_TICKET.items() if rule.offers(case))
    for part in case.parts:
        with_it = replace(case, part=part)
        yield from (Allowed(name, part.id) for name, rule in _ON_PART.items() if rule.offers(with_it))
    yield from (Allowed(name) for name, rule in _OF_PERSONS.items() if rule.offers(case))
    for one in questions:
        about_it = replace(case, question=one)
        yield from (Allowed(name, one.id) for name, rule in _ON_QUESTION.items() if rule.offers(about_it))


# --- the rules ----------------------------------------------------------------------------------------------------

_Check = Callable[[Case], Refusal | None]


def _must(holds: Callable[[Case], bool], otherwise: Refusal = Refusal.NOT_NOW) -> _Check:
    return lambda case: None if holds(case) else otherwise


@dataclass(frozen=True)
class _Rule:
    by: ActorKind
    checks: tuple[_Check, ...]
    """All must hold; the first that does not is told."""
    when: Callable[[Case], bool] | None = None
    """It is offered only then, though it may be done all the same."""

    def offers(self, case: Case) -> bool:
        return self.refusal(case) is None and (self.when is None or self.when(case))

    def refusal(self, case: Case) -> Refusal | None:
        if case.actor.kind is not self.by:
            return Refusal.NOT_THEIRS
        return next((found for check in self.checks if (found := check(case)) is not None), None)


def _staff(of: frozenset[Role], *checks: _Check, when: Callable[[Case], bool] | None = None) -> _Rule:
    has_role = _must(lambda case: bool(case.actor.roles & of), Refusal.NOT_THEIRS)
    return _Rule(ActorKind.STAFF, (has_role, *checks), when)


def _unit(*checks: _Check, of: frozenset[Role] = UNIT, when: Callable[[Case], bool] | None = None) -> _Rule:
    """By the unit whose part it is."""
    own = _must(lambda case: _part(case).department_id == case.actor.department_id, Refusal.NOT_THEIRS)
    return _staff(of, own, *checks, when=when)


def _person(*checks: _Check) -> _Rule:
    """By the contact whose ticket it is."""
    own = _must(lambda case: case.ticket.contact_id == case.actor.id, Refusal.NOT_THEIRS)
    return _Rule(ActorKind.CONTACT, (own, *checks))


def _in_state(*states: TicketState) -> _Check:
    return _must(lambda case: case.ticket.state in states)


def _takes(event: type[Event]) -> _Check:
    return _must(lambda case: lifecycle.allows(case.ticket.state, event))


def _part_is(states: Container[AssignmentState]) -> _Check:
    return _must(lambda case: case.ticket.state is TicketState.HANDLING and _part(case).state in states)


def _part(case: Case) -> Part:
    assert case.part is not None
    return case.part


def _waits_at_desk(case: Case) -> bool:
    return at_desk(case.ticket, case.parts)


def _unanswered(case: Case) -> bool:
    return case.question is not None and case.question.answered_at is None


def _sees_person(case: Case) -> bool:
    """A unit that was allowed to return the matter has nobody to phone any more."""
    assigned = case.actor.department_id in reading.units(case.parts)
    return roles.may_see_contact(case.actor.roles, assigned=assigned, hidden_reporter=case.ticket.hidden_reporter)


def _contact_due(case: Case) -> bool:
    part = _part(case)
    return part.contact_due is not None and part.contacted_at is None


def _names_differ(case: Case) -> bool:
    """Of a hidden reporter the office is shown neither the name stated nor the registered one."""
    if case.ticket.enterprise_id is None or case.ticket.hidden_reporter:
        return False
    return case.registered is None or case.ticket.enterprise_name not in (None, case.registered)


_OFFICE = frozenset({Role.OFFICE})
_INCOMPLETE = _must(lambda case: completeness.is_open(case.ticket.answers))
_SIGNED = _part_is({AssignmentState.SIGNED})
_OPEN = _part_is(lifecycle.OPEN_PARTS)
_PROPOSED = _must(lambda case: _part(case).return_proposed)
_NOT_PROPOSED = _must(lambda case: not _part(case).return_proposed)
_DECIDED = _must(lambda case: not _part(case).return_proposed, Refusal.UNDECIDED)
_NOT_BARRED = _must(lambda case: _part(case).barred_staff_id != case.actor.id, Refusal.BARRED)
_OWN_ACCOUNT = _must(lambda case: not channel_named(case.actor.channel).is_telephone, Refusal.NOT_THEIRS)
"""A caller's number can be forged: whoever did so could have the telephone replaced by their own, for good."""

_ON_TICKET: Mapping[Permission, _Rule] = {
    Permission.ACCEPT: _staff(DESK, _in_state(TicketState.SUBMITTED)),
    Permission.REJECT: _staff(DESK, _in_state(TicketState.SUBMITTED)),
    Permission.ANSWER_AT_ONCE: _staff(DESK, _in_state(*lifecycle.BEFORE_DISPATCH)),
    Permission.DISPATCH: _staff(DESK, _in_state(*OPEN_STATES), when=_waits_at_desk),
    Permission.ASK_AT_DESK: _staff(DESK, _must(_waits_at_desk)),
    Permission.FILL_IN: _staff(DESK, _takes(FilledIn), _INCOMPLETE),
    Permission.CALL: _staff(DESK, when=lambda case: case.ticket.callback),
    Permission.CLOSE: _staff(_OFFICE, _takes(Closed)),
    Permission.ADD: _person(_takes(Added)),
    Permission.WITHDRAW: _person(_takes(Withdrawn)),
    Permission.CORRECT: _person(_OWN_ACCOUNT, _takes(Corrected)),
    # Also by whoever calls from the phone on file, or holds the retrieval code.
    Permission.RATE: _Rule(ActorKind.CONTACT, (_takes(Rated),)),
}
_ON_PART: Mapping[Permission, _Rule] = {
    Permission.DECIDE_RETURN: _staff(_OFFICE, _OPEN, _PROPOSED),
    Permission.SIGN: _unit(_NOT_BARRED, _part_is({AssignmentState.DISPATCHED})),
    Permission.CONTACT: _unit(_NOT_BARRED, _SIGNED, when=_contact_due),
    Permission.ASK: _unit(_NOT_BARRED, _SIGNED),
    Permission.REPLY: _unit(_NOT_BARRED, _SIGNED, _DECIDED),
    Permission.INTERIM: _unit(_NOT_BARRED, _SIGNED, _DECIDED),
    Permission.PROPOSE_RETURN: _unit(_OPEN, _NOT_PROPOSED),
    Permission.REASSIGN: _unit(_SIGNED, of=frozenset({Role.LEADER})),
}
_OF_PERSONS: Mapping[Permission, _Rule] = {
    Permission.LOOK: _Rule(ActorKind.STAFF, (_must(_sees_person, Refusal.NOT_THEIRS),)),
    Permission.CONFIRM_NAME: _staff(_OFFICE, when=_names_differ),
}
_ON_QUESTION: Mapping[Permission, _Rule] = {
    Permission.ANSWER: _person(_takes(Answered), _must(_unanswered)),
}
_RULES: Mapping[Permission, _Rule] = {**_ON_TICKET, **_ON_PART, **_OF_PERSONS, **_ON_QUESTION}
