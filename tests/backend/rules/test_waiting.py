"""What waits, and what due rows are about, as rows of every version have it."""

import pytest

from backend.contract.words import AssignmentState, TicketState
from backend.rules.deadlines import DueKind
from backend.rules.waiting import RESTS, About, Subject, Watch

DRAFT = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"


@pytest.mark.parametrize(
    ("subject", "stored"),
    [
        (Subject.ticket(12), "t12"),
        (Subject.assignment(7), "a7"),
        (Subject.question(3), "q3"),
        (Subject.draft(DRAFT), f"d{DRAFT}"),
    ],
)
def test_a_subject_is_stored_as_ever(subject: Subject, stored: str) -> None:
    assert str(subject) == stored
    assert Subject.parse(stored) == subject
    if subject.about is not About.DRAFT:
        assert f"{subject.number}" == stored[1:]


def test_the_house_itself_is_no_subject() -> None:
    with pytest.raises(ValueError, match="'h'"):
        Subject.parse("house")


def test_every_kind_of_due_row_watches_over_something_but_those_of_the_house_and_the_end_of_a_pause() -> None:
    over = {kind: [watch for watch in Watch if kind.startswith(f"{watch}_")] for kind in DueKind}
    assert {kind for kind, watches in over.items() if not watches} == {
        *(DueKind.PAUSE_END, DueKind.HOUSEKEEPING, DueKind.TIDY, DueKind.RECKON, DueKind.RETENTION, DueKind.SWEEP),
    }
    assert all(len(watches) <= 1 for watches in over.values())
    assert {watch for watches in over.values() for watch in watches} == {*Watch}


def test_a_state_without_a_clock_says_why() -> None:
    assert {*RESTS} == {
        *(TicketState.CLOSED, TicketState.REJECTED, TicketState.WITHDRAWN),
        *(AssignmentState.REPLIED, AssignmentState.RETURNED, AssignmentState.CANCELLED),
    }
    assert all(RESTS.values())
