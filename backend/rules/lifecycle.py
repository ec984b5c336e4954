"""A ticket's way 闭环: each event says when it is allowed and where it leads, so that events rebuild it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.contract import events
from backend.contract.events import Event
from backend.contract.events.filing import Submitted
from backend.contract.words import AssignmentState, TicketState

BEFORE_DISPATCH = (TicketState.SUBMITTED, TicketState.ACCEPTED)

OPEN_PARTS = (AssignmentState.DISPATCHED, AssignmentState.SIGNED)
"""A unit still owes something."""


class NotAllowedError(ValueError):
    """The ticket's state does not allow this event."""


def allows(state: TicketState, event: type[Event]) -> bool:
    return state in event.allowed_in


def after(state: TicketState | None, event: Event) -> TicketState:
    """The state an event leads to; raises NotAllowedError. `None` is the state of a ticket that does not exist yet."""
    if state is None:
        if not isinstance(event, Submitted):
            raise NotAllowedError(f"a ticket does not begin with {event.kind}")
        return TicketState.SUBMITTED
    if not allows(state, type(event)):
        raise NotAllowedError(f"{event.kind} is not allowed in state {state}")
    return event.after(state)


def replay(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> TicketState:
    """The state that a ticket's events, in order, lead to; raises ValueError for one that this version cannot read."""
    state: TicketState | None = None
    for kind, data in rows:
        event = events.read(kind, data)
        if event is None:
            raise ValueError(f"this version cannot read an event {kind}")
        state = after(state, event)
    if state is None:
        raise NotAllowedError("a ticket without events")
    return state


def makes_stale(kind: str) -> bool:
    """Whether a view from before such an event is not good enough to decide on; what we do not know may be anything."""
    event = events.model_of(kind)
    return event is None or not event.clock_only
