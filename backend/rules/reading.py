"""Who of the staff reads a ticket now, and what of its ratings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from backend.contract.words import AssignmentState, Grade, Role
from backend.rules.roles import DESK, OVERSEERS, UNIT

FORMER = frozenset({AssignmentState.RETURNED, AssignmentState.CANCELLED})
"""States of a part that its unit has nothing to do with any more."""


class Part(Protocol):
    """A ticket handed to one department, as far as it matters here."""

    @property
    def department_id(self) -> int: ...

    @property
    def state(self) -> AssignmentState: ...

    @property
    def round(self) -> int: ...


def units(parts: Iterable[Part]) -> frozenset[int]:
    """The departments that read the ticket: those whose latest round of it has a part neither returned nor cancelled.

    Who did one round and was allowed to return the next does not.
    """
    parts = list(parts)
    latest: dict[int, int] = {}
    for one in parts:
        latest[one.department_id] = max(one.round, latest.get(one.department_id, 0))
    return frozenset(
        one.department_id for one in parts if one.state not in FORMER and one.round == latest[one.department_id]
    )


def reads(roles: frozenset[Role], department_id: int | None, parts: Iterable[Part]) -> bool:
    """Whether a member of staff with these roles, of this department, reads the ticket, its files and its topic."""
    return bool(roles & OVERSEERS) or (bool(roles & UNIT) and department_id in units(parts))


def learns_rating(
    roles: frozenset[Role],
    department_id: int | None,
    parts: Iterable[Part],
    *,
    grade: Grade,
    current_round: int,
    closed: bool,
) -> bool:
    """Whether a reader of the ticket learns how it was rated, and why.

    Once it is closed all do. Before, a dissatisfied rating is for those who do the matter again and for those who see
    to it.
    """
    if closed or grade is not Grade.DISSATISFIED:
        return closed
    again = units(one for one in parts if one.round == current_round)
    return bool(roles & OVERSEERS) or department_id in again


def learns_words(roles: frozenset[Role], *, hidden_reporter: bool) -> bool:
    """Whether a reader gets the person's own words and voice: of a report 举报 the desk alone."""
    return not hidden_reporter or bool(roles & DESK)
