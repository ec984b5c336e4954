"""What has to be watched, by state alone; that the rows are there is shown with the database."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.contract.words import AssignmentRole, AssignmentState, TicketState
from backend.rules.lifecycle import OPEN_PARTS
from backend.rules.waiting import RESTS, About, Subject, Watch, Watched, watched
from tests.backend.city import MONDAY

HOUR = timedelta(hours=1)
AHEAD, PAST = MONDAY + HOUR, MONDAY - HOUR


@dataclass
class Ticket:
    state: TicketState = TicketState.HANDLING
    id: int = 7
    round: int = 1
    callback: bool = False
    kind: str = "help"
    difficult: bool = False


@dataclass
class Part:
    id: int = 12
    state: AssignmentState = AssignmentState.DISPATCHED
    role: AssignmentRole = AssignmentRole.LEAD
    round: int = 1
    department_id: int = 3
    return_proposed: bool = False
    barred_staff_id: int | None = None
    sign_due: datetime | None = None
    contact_due: datetime | None = None
    contacted_at: datetime | None = None
    interim_due: datetime | None = None
    interim_at: datetime | None = None


@dataclass
class Question:
    id: int = 5
    assignment_id: int | None = 12
    answered_at: datetime | None = field(default=None)


def of(ticket: Ticket, *parts: Part, questions: tuple[Question, ...] = ()) -> set[Watched]:
    return set(watched(ticket, parts, questions, MONDAY))  # type: ignore[arg-type]


def ticket(*watches: Watch) -> set[Watched]:
    return {Watched(Subject.ticket(7), watch) for watch in watches}


def part(*watches: Watch, id_: int = 12) -> set[Watched]:
    return {Watched(Subject.assignment(id_), watch) for watch in watches}


@pytest.mark.parametrize(
    ("subject", "stored"),
    [
        (Subject.ticket(7), "t7"),
        (Subject.assignment(12), "a12"),
        (Subject.question(5), "q5"),
        (Subject.draft(UUID(int=9)), f"d{UUID(int=9)}"),
    ],
)
def test_a_subject_is_read_as_it_is_stored(subject: Subject, stored: str) -> None:
    """Rows of all versions have these: they never change."""
    assert str(subject) == stored
    assert Subject.parse(stored) == subject


def test_the_number_of_a_subject() -> None:
    assert Subject.parse("a12").number == 12
    assert Subject.parse("a12").about is About.ASSIGNMENT


def test_the_house_is_no_subject() -> None:
    with pytest.raises(ValueError, match="h"):
        Subject.parse("house")


def test_before_it_is_sent_out() -> None:
    assert of(Ticket(TicketState.SUBMITTED)) == ticket(Watch.VERIFY)
    assert of(Ticket(TicketState.ACCEPTED)) == ticket(Watch.DISPATCH)


def test_completed_it_waits_for_the_rating_alone() -> None:
    assert of(Ticket(TicketState.COMPLETED), Part(state=AssignmentState.REPLIED)) == ticket(Watch.RATING)


@pytest.mark.parametrize("state", [one for one in RESTS if isinstance(one, TicketState)])
def test_what_rests_waits_for_nothing(state: TicketState) -> None:
    assert of(Ticket(state, callback=True), Part(state=AssignmentState.CANCELLED)) == set()


@pytest.mark.parametrize("state", [one for one in TicketState if one not in RESTS])
def test_everything_else_waits_and_a_call_back_too(state: TicketState) -> None:
    parts = (Part(),) if state is TicketState.HANDLING else ()
    assert of(Ticket(state), *parts)
    assert of(Ticket(state, callback=True), *parts) == of(Ticket(state), *parts) | ticket(Watch.CALL_BACK)


def test_units_assist_while_the_desk_looks_for_a_lead() -> None:
    gone = Part(id=11, state=AssignmentState.RETURNED)
    assisting = Part(role=AssignmentRole.ASSIST, state=AssignmentState.SIGNED)
    assert of(Ticket(), gone, assisting) == ticket(Watch.DISPATCH) | part(Watch.RESOLVE)


def test_a_part_is_watched_by_every_limit_that_lies_ahead() -> None:
    fresh = Part(sign_due=AHEAD, contact_due=AHEAD, interim_due=AHEAD)
    assert of(Ticket(), fresh) == part(Watch.RESOLVE, Watch.SIGN, Watch.CONTACT, Watch.INTERIM)


@pytest.mark.parametrize("due", [PAST, MONDAY, None])
def test_what_has_passed_was_told_of(due: datetime | None) -> None:
    late = Part(sign_due=due, contact_due=due, interim_due=due)
    assert of(Ticket(), late) == part(Watch.RESOLVE)


def test_what_was_done_is_owed_no_longer() -> None:
    fresh = Part(sign_due=AHEAD, contact_due=AHEAD, interim_due=AHEAD)
    signed = replace(fresh, state=AssignmentState.SIGNED)
    contacted, told = replace(fresh, contacted_at=PAST), replace(fresh, interim_at=PAST)
    assert of(Ticket(), signed) == part(Watch.RESOLVE, Watch.CONTACT, Watch.INTERIM)
    assert of(Ticket(), contacted) == part(Watch.RESOLVE, Watch.SIGN, Watch.INTERIM)
    assert of(Ticket(), told) == part(Watch.RESOLVE, Watch.SIGN, Watch.CONTACT)


def test_a_return_that_is_proposed_waits_for_the_office() -> None:
    assert of(Ticket(), Part(return_proposed=True)) == part(Watch.RESOLVE, Watch.DECIDE)


@pytest.mark.parametrize("state", [AssignmentState.REPLIED, AssignmentState.RETURNED, AssignmentState.CANCELLED])
def test_a_part_that_is_over_is_not_watched(state: AssignmentState) -> None:
    over = Part(id=11, role=AssignmentRole.ASSIST, state=state, sign_due=AHEAD)
    assert of(Ticket(), Part(), over) == part(Watch.RESOLVE)


def test_parts_of_an_earlier_round_are_over() -> None:
    assert of(Ticket(round=2), Part(id=11, sign_due=AHEAD), Part(round=2)) == part(Watch.RESOLVE)


def test_a_question_is_watched_while_who_asked_is_at_it() -> None:
    asked = {Watched(Subject.question(5), Watch.QUESTION)}
    assert of(Ticket(), Part(), questions=(Question(),)) == part(Watch.RESOLVE) | asked
    elsewhere = Question(assignment_id=99)
    assert of(Ticket(), Part(), questions=(elsewhere,)) == part(Watch.RESOLVE)
    over = Part(state=AssignmentState.REPLIED)
    assert of(Ticket(TicketState.COMPLETED), over, questions=(Question(),)) == ticket(Watch.RATING)


def test_the_desks_question_is_watched_until_it_is_sent_out() -> None:
    desks = Question(assignment_id=None)
    asked = {Watched(Subject.question(5), Watch.QUESTION)}
    assert of(Ticket(TicketState.ACCEPTED), questions=(desks,)) == ticket(Watch.DISPATCH) | asked
    assert of(Ticket(), Part(), questions=(desks,)) == part(Watch.RESOLVE)


def test_every_state_either_rests_with_a_reason_or_is_watched() -> None:
    states = {*TicketState, *AssignmentState}
    assert {*RESTS} < states
    assert all(RESTS.values())
    assert {one for one in AssignmentState if one not in RESTS} == set(OPEN_PARTS)
