"""Who of the staff reads a ticket, and what of its ratings."""

from dataclasses import dataclass

import pytest

from backend.contract.words import AssignmentState, Grade, Role
from backend.rules import reading

HANDLER = frozenset({Role.HANDLER})
DISPATCHED, REPLIED = AssignmentState.DISPATCHED, AssignmentState.REPLIED
RETURNED, CANCELLED = AssignmentState.RETURNED, AssignmentState.CANCELLED


@dataclass(frozen=True)
class Part:
    department_id: int
    state: AssignmentState
    round: int = 1


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ([], False),
        ([Part(1, DISPATCHED)], True),
        ([Part(1, REPLIED)], True),
        ([Part(1, RETURNED)], False),
        ([Part(1, CANCELLED)], False),
        ([Part(2, DISPATCHED)], False),
        ([Part(1, RETURNED), Part(1, DISPATCHED)], True),  # it came back
        ([Part(1, DISPATCHED), Part(1, RETURNED)], True),  # one of two parts was returned
        ([Part(1, REPLIED), Part(1, RETURNED, 2)], False),  # it did one round, and not the next
        ([Part(1, RETURNED, 2), Part(1, REPLIED)], False),  # in whatever order they are told
        ([Part(1, RETURNED), Part(1, DISPATCHED, 2)], True),
        ([Part(1, REPLIED), Part(2, DISPATCHED, 2)], True),  # another does the second round
    ],
)
def test_a_unit_reads_as_long_as_it_has_to_do_with_the_ticket(parts: list[Part], read: bool) -> None:
    assert reading.reads(HANDLER, 1, parts) is read
    assert (1 in reading.units(parts)) is read
    assert not reading.reads(frozenset({Role.AUDITOR}), 1, parts)
    assert all(reading.reads(frozenset({role}), 9, parts) for role in (Role.SEAT, Role.OFFICE, Role.SUPERVISOR))


@pytest.mark.parametrize(
    ("role", "department", "learns"),
    [(Role.HANDLER, 1, True), (Role.LEADER, 1, True), (Role.HANDLER, 2, False)]
    + [(role, 9, True) for role in (Role.OFFICE, Role.SUPERVISOR, Role.SEAT, Role.DISPATCHER)],
)
def test_why_somebody_was_dissatisfied_is_for_those_who_do_it_again_or_see_to_it(
    role: Role, department: int, learns: bool
) -> None:
    parts = [Part(1, REPLIED), Part(2, REPLIED), Part(1, DISPATCHED, 2)]
    who = (frozenset({role}), department, parts)
    assert reading.learns_rating(*who, grade=Grade.DISSATISFIED, current_round=2, closed=False) is learns
    assert not reading.learns_rating(*who, grade=Grade.SATISFIED, current_round=2, closed=False)
    assert reading.learns_rating(*who, grade=Grade.SATISFIED, current_round=2, closed=True)


def test_a_hidden_reporter_s_words_are_the_desk_s() -> None:
    desk = {role for role in Role if reading.learns_words(frozenset({role}), hidden_reporter=True)}
    assert desk == {Role.SEAT, Role.DISPATCHER, Role.OFFICE}
    assert all(reading.learns_words(frozenset({role}), hidden_reporter=False) for role in Role)
