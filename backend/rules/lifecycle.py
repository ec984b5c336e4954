"""A ticket's way 闭环: which event is allowed in which state and where it leads, so that events rebuild a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.contract.words import AssignmentState
from backend.contract.words import EventKind as E
from backend.contract.words import TicketState as S

OPEN_STATES = frozenset({S.SUBMITTED, S.ACCEPTED, S.HANDLING})
"""The enterprise may still add to it or withdraw it."""

BEFORE_DISPATCH = (S.SUBMITTED, S.ACCEPTED)

OPEN_PARTS = (AssignmentState.DISPATCHED, AssignmentState.SIGNED)
"""A unit still owes something."""

ENDED_STATES = frozenset({S.CLOSED, S.REJECTED, S.WITHDRAWN})

CALLBACK_ENDS = frozenset({E.REJECTED, E.COMPLETED, E.WITHDRAWN, E.CLOSED})
"""Events after which nobody waits for a call back any more, called or not."""

CLOCK_ONLY = frozenset(
    {
        *(E.WARNED, E.WARNING_LIFTED, E.ESCALATED, E.REMINDED, E.ADDED, E.RECKONED, E.CALLED, E.CLEARED),
        *(E.CONTACTED, E.INTERIM, E.UNDELIVERED, E.UNANSWERED, E.CORRECTED),
        E.NAME_CONFIRMED,
    }
)
"""Events that change nothing a handler decides on: they never make a view of the ticket stale."""

_ALLOWED: Mapping[E, frozenset[S]] = {
    E.ACCEPTED: frozenset({S.SUBMITTED}),
    E.REJECTED: frozenset({S.SUBMITTED}),
    E.DISPATCHED: frozenset({S.ACCEPTED, S.HANDLING}),
    E.SIGNED: frozenset({S.HANDLING}),
    E.REASSIGNED: frozenset({S.HANDLING}),
    E.CONTACTED: frozenset({S.HANDLING}),
    E.ASKED: OPEN_STATES,
    E.ANSWERED: OPEN_STATES,
    E.UNDELIVERED: OPEN_STATES,
    E.UNANSWERED: OPEN_STATES,
    E.ADDED: OPEN_STATES,
    E.FILLED_IN: OPEN_STATES,
    E.CORRECTED: OPEN_STATES | {S.COMPLETED},
    E.NAME_CONFIRMED: frozenset(S),
    E.INTERIM: frozenset({S.HANDLING}),
    E.REPLIED: frozenset({S.ACCEPTED, S.HANDLING}),
    E.RETURN_PROPOSED: frozenset({S.HANDLING}),
    E.RETURN_APPROVED: frozenset({S.HANDLING}),
    E.RETURN_REFUSED: frozenset({S.HANDLING}),
    E.COMPLETED: frozenset({S.ACCEPTED, S.HANDLING}),
    E.RATED: frozenset({S.COMPLETED}),
    E.REDONE: frozenset({S.COMPLETED}),
    E.LEVELLED_UP: frozenset({S.COMPLETED}),
    E.WITHDRAWN: OPEN_STATES,
    E.CLOSED: frozenset({S.ACCEPTED, S.HANDLING, S.COMPLETED}),
    E.WARNED: OPEN_STATES,
    E.WARNING_LIFTED: frozenset(S),
    E.ESCALATED: OPEN_STATES,
    E.REMINDED: OPEN_STATES | {S.COMPLETED},
    E.RECKONED: OPEN_STATES,
    E.RATING_EXPIRED: frozenset({S.COMPLETED}),
    E.CALLED: frozenset(S),
    E.CLEARED: ENDED_STATES,
}

_LEADS_TO: Mapping[E, S] = {
    E.SUBMITTED: S.SUBMITTED,
    E.ACCEPTED: S.ACCEPTED,
    E.REJECTED: S.REJECTED,
    E.DISPATCHED: S.HANDLING,
    E.COMPLETED: S.COMPLETED,
    E.REDONE: S.ACCEPTED,
    E.LEVELLED_UP: S.ACCEPTED,
    E.WITHDRAWN: S.WITHDRAWN,
    E.CLOSED: S.CLOSED,
}


class NotAllowedError(ValueError):
    """The ticket's state does not allow this event."""


def allows(state: S, event: E) -> bool:
    return state in _ALLOWED.get(event, frozenset())


def after(state: S | None, event: E, data: Mapping[str, Any]) -> S:
    """The state an event leads to; raises NotAllowedError. `None` is the state of a ticket that does not exist yet."""
    if state is None:
        if event is not E.SUBMITTED:
            raise NotAllowedError(f"a ticket begins with {E.SUBMITTED}, not {event}")
        return S.SUBMITTED
    if not allows(state, event):
        raise NotAllowedError(f"{event} is not allowed in state {state}")
    if event is E.RETURN_APPROVED and not data.get("others_open"):
        return S.ACCEPTED
    return _LEADS_TO.get(event, state)


def replay(events: Iterable[tuple[str, Mapping[str, Any]]]) -> S:
    """The state that a ticket's events, in order, lead to; raises ValueError for a kind of event that is not known."""
    state: S | None = None
    for kind, data in events:
        state = after(state, E(kind), data)
    if state is None:
        raise NotAllowedError("a ticket without events")
    return state
