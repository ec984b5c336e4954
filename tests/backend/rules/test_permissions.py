"""What each role, unit and person may do with a ticket, by where it stands."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from backend.contract.phone import CHANNEL
from backend.contract.words import AssignmentRole, AssignmentState, Permission, Role, TicketState
from backend.rules.actor import SYSTEM, Actor, ActorKind
from backend.rules.permissions import Case, Refusal, allowed, refusal

POWER, WATER = 1, 2
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ticket:
    state: TicketState = TicketState.HANDLING
    round: int = 1
    contact_id: int = 7
    callback: bool = False
    hidden_reporter: bool = False
    answers: Any = ()
    enterprise_id: int | None = None
    enterprise_name: str | None = None


@dataclass(frozen=True)
class Part:
    state: AssignmentState = AssignmentState.DISPATCHED
    department_id: int = POWER
    round: int = 1
    id: int = 12
    role: AssignmentRole = AssignmentRole.LEAD
    return_proposed: bool = False
    barred_staff_id: int | None = None
    contact_due: datetime | None = None
    contacted_at: datetime | None = None


@dataclass(frozen=True)
class Question:
    id: int = 5
    answered_at: datetime | None = None


def staff(*roles: Role, unit: int = POWER, id: int = 1) -> Actor:
    return Actor(ActorKind.STAFF, id=id, department_id=unit, roles=frozenset(roles))


def contact(id: int = 7, channel: str = "telegram") -> Actor:
    return Actor(ActorKind.CONTACT, id=id, channel=channel)


def may(actor: Actor, ticket: Ticket, *parts: Part, questions: tuple[Question, ...] = (), **more: Any) -> str:
    return " ".join(str(one) for one in allowed(Case(actor, ticket, parts, **more), questions))


SUBMITTED, ACCEPTED = Ticket(TicketState.SUBMITTED), Ticket(TicketState.ACCEPTED)
HANDLING, COMPLETED = Ticket(), Ticket(TicketState.COMPLETED)
SIGNED = Part(AssignmentState.SIGNED)
ASSISTING = Part(AssignmentState.SIGNED, department_id=WATER, id=13, role=AssignmentRole.ASSIST)
RETURNED = Part(AssignmentState.RETURNED)
PROPOSED = replace(SIGNED, return_proposed=True)
DESK = (Role.SEAT, Role.DISPATCHER, Role.OFFICE)


@pytest.mark.parametrize("role", DESK)
def test_the_desk_sends_out_what_waits_there(role: Role) -> None:
    close = " close" if role is Role.OFFICE else ""
    assert may(staff(role), SUBMITTED) == "accept reject answer_at_once dispatch ask_at_desk look"
    assert may(staff(role), ACCEPTED) == f"answer_at_once dispatch ask_at_desk{close} look"
    assert may(staff(role), HANDLING, SIGNED) == f"{close} look".strip()
    assert may(staff(role), HANDLING, RETURNED, ASSISTING) == f"dispatch ask_at_desk{close} look"


def test_what_the_office_alone_decides() -> None:
    assert may(staff(Role.OFFICE), HANDLING, PROPOSED) == "close decide_return:12 look"
    assert "decide_return" not in may(staff(Role.SEAT), HANDLING, PROPOSED)
    code = Ticket(enterprise_id=3, enterprise_name="甲厂")
    assert may(staff(Role.OFFICE), code) == "dispatch ask_at_desk close look confirm_name"
    assert "confirm_name" not in may(staff(Role.OFFICE), code, registered="甲厂")
    assert "confirm_name" in may(staff(Role.OFFICE), code, registered="甲厂有限公司")
    assert "confirm_name" not in may(staff(Role.OFFICE), replace(code, hidden_reporter=True))


def test_a_seat_fills_in_and_calls_back_where_that_is_waited_for() -> None:
    open_form = Ticket(answers=[{"field": "meter", "value": None}])
    assert may(staff(Role.SEAT), open_form, SIGNED) == "fill_in look"
    assert may(staff(Role.SEAT), Ticket(callback=True), SIGNED) == "call look"
    assert refusal(Permission.CALL, Case(staff(Role.SEAT), HANDLING, ())) is None, "who was called anyway is noted too"


@pytest.mark.parametrize("role", [Role.HANDLER, Role.LEADER])
def test_the_unit_works_on_its_own_part(role: Role) -> None:
    one = staff(role)
    reassign = " reassign:12" if role is Role.LEADER else ""
    assert may(one, HANDLING, Part(), ASSISTING) == "sign:12 propose_return:12 look"
    assert may(one, HANDLING, SIGNED) == f"ask:12 reply:12 interim:12 propose_return:12{reassign} look"
    due = replace(SIGNED, contact_due=NOW)
    assert may(one, HANDLING, due).startswith("contact:12 ask:12")
    assert not may(one, HANDLING, replace(due, contacted_at=NOW)).startswith("contact")
    assert may(one, HANDLING, PROPOSED) == f"ask:12{reassign} look"
    assert may(one, HANDLING, RETURNED, ASSISTING) == "", "a unit that gave it back has nobody to phone any more"
    assert may(one, Ticket(TicketState.COMPLETED), Part(AssignmentState.REPLIED)) == "look"
    assert may(staff(role, unit=WATER), HANDLING, SIGNED) == ""


def test_who_answered_before_does_not_answer_again() -> None:
    again = replace(SIGNED, barred_staff_id=1)
    assert may(staff(Role.HANDLER, id=1), HANDLING, again) == "propose_return:12 look"
    assert "reply:12" in may(staff(Role.HANDLER, id=2), HANDLING, again)
    case = Case(staff(Role.HANDLER, id=1), HANDLING, (again,), again)
    assert refusal(Permission.SIGN, case) is Refusal.BARRED


@pytest.mark.parametrize("roles", [(Role.SUPERVISOR,), (Role.AUDITOR,)])
def test_who_only_watches_does_nothing(roles: tuple[Role, ...]) -> None:
    for ticket, part in product((SUBMITTED, ACCEPTED, HANDLING, COMPLETED), (Part(), SIGNED, PROPOSED)):
        assert may(staff(*roles), ticket, part) == ""


def test_a_report_hides_its_person_from_the_unit_and_not_from_the_desk() -> None:
    report = Ticket(hidden_reporter=True)
    assert "look" not in may(staff(Role.HANDLER), report, SIGNED)
    assert "look" in may(staff(Role.SEAT), report, SIGNED)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (TicketState.SUBMITTED, "add withdraw correct answer:5"),
        (TicketState.ACCEPTED, "add withdraw correct answer:5"),
        (TicketState.HANDLING, "add withdraw correct answer:5"),
        (TicketState.COMPLETED, "correct rate"),
        (TicketState.CLOSED, ""),
        (TicketState.REJECTED, ""),
        (TicketState.WITHDRAWN, ""),
    ],
)
def test_the_person_in_each_state(state: TicketState, expected: str) -> None:
    questions = (Question(), Question(6, NOW))
    assert may(contact(), Ticket(state), questions=questions) == expected
    corrected = expected.replace("correct ", "").replace("correct", "").strip()
    assert may(contact(channel=CHANNEL), Ticket(state), questions=questions) == corrected, "a number can be forged"


def test_somebody_elses_ticket_can_only_be_rated_by_who_was_let_in() -> None:
    assert may(contact(id=8), HANDLING, SIGNED, questions=(Question(),)) == ""
    assert may(contact(id=8), COMPLETED) == "rate"


def test_services_and_the_system_are_offered_nothing() -> None:
    for actor, ticket in product((SYSTEM, Actor(ActorKind.SERVICE, name="bot")), (SUBMITTED, HANDLING, COMPLETED)):
        assert may(actor, ticket, Part(), questions=(Question(),)) == ""


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_has_its_rule(permission: Permission) -> None:
    case = Case(SYSTEM, HANDLING, (Part(),), Part(), Question())
    assert refusal(permission, case) is Refusal.NOT_THEIRS
