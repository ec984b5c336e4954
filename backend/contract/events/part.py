"""What a unit does with its part of a ticket 派单."""

from __future__ import annotations

from backend.contract.events.event import Event, Inside, PersonalInside, Shown
from backend.contract.words import EventKind, TicketState


class Signed(Event):
    """The unit took it 签收."""

    kind = EventKind.SIGNED
    allowed_in = (TicketState.HANDLING,)
    shown = True

    assignment: Shown[int]


class Reassigned(Event):
    """A leader handed it to a colleague of the unit 内部改派."""

    kind = EventKind.REASSIGNED
    allowed_in = (TicketState.HANDLING,)

    assignment: Inside[int]


class Contacted(Event):
    """The unit got in touch with the enterprise; the reason is its note."""

    kind = EventKind.CONTACTED
    allowed_in = (TicketState.HANDLING,)
    clock_only = True
    shown = True

    assignment: Shown[int]


class Interim(Event):
    """The unit told the enterprise how far it is 阶段性答复, which is the reason."""

    kind = EventKind.INTERIM
    allowed_in = (TicketState.HANDLING,)
    clock_only = True
    shown = reason_shown = True

    assignment: Shown[int]


class Replied(Event):
    """The unit has answered 回复, or the desk at once."""

    kind = EventKind.REPLIED
    allowed_in = (TicketState.ACCEPTED, TicketState.HANDLING)
    gone_by = True
    shown = True

    assignment: Shown[int | None] = None
    """None where the desk answered."""
    solved: Inside[bool] = False
    attachments: PersonalInside[tuple[str, ...]] = ()
    at_once: Inside[bool] = False
    """By the desk, without a unit."""


class ReturnProposed(Event):
    """Not the unit's duty, it says 退单: it names the right unit or the legal basis."""

    kind = EventKind.RETURN_PROPOSED
    allowed_in = (TicketState.HANDLING,)
    gone_by = True

    assignment: Inside[int]
    unit: Inside[str | None] = None
    """Code."""
    basis: PersonalInside[str | None] = None


class ReturnApproved(Event):
    """The office let the unit return it."""

    kind = EventKind.RETURN_APPROVED
    allowed_in = (TicketState.HANDLING,)
    gone_by = True
    shown = True

    assignment: Shown[int]
    others_open: Inside[bool] = False
    """Other units are still at it."""

    def after(self, state: TicketState) -> TicketState:
        """With nobody left it is the desk's."""
        return state if self.others_open else TicketState.ACCEPTED


class ReturnRefused(Event):
    """It stays with the unit, whose clock never stopped."""

    kind = EventKind.RETURN_REFUSED
    allowed_in = (TicketState.HANDLING,)
    gone_by = True

    assignment: Inside[int]
    others_open: Inside[bool] = False
