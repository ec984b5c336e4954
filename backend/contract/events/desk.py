"""What a desk decides on a ticket, and how it ends."""

from __future__ import annotations

from backend.contract.events.event import ANY_STATE, Event, Inside, PersonalInside, PersonalShown, Shown
from backend.contract.words import CallOutcome, EventKind, TicketState


class Accepted(Event):
    """It is in scope 受理, by a person or by its duty-list entry."""

    kind = EventKind.ACCEPTED
    allowed_in = (TicketState.SUBMITTED,)
    leads_to = TicketState.ACCEPTED
    shown = True

    policy: Inside[str] = ""
    """The version it stands under from now on."""


class Rejected(Event):
    """It is out of scope 不予受理, with the legal basis."""

    kind = EventKind.REJECTED
    allowed_in = (TicketState.SUBMITTED,)
    leads_to = TicketState.REJECTED
    ends_callback = True
    shown = reason_shown = True

    basis: PersonalShown[str] = ""


class Dispatched(Event):
    """Units got it 派单."""

    kind = EventKind.DISPATCHED
    allowed_in = (TicketState.ACCEPTED, TicketState.HANDLING)
    leads_to = TicketState.HANDLING
    shown = True

    lead: Shown[str | None]
    """Code of the unit; None where units join those that handle it already."""
    assists: Shown[tuple[str, ...]]
    round: Shown[int]
    rule: Inside[str] = ""
    """By what it went there: `desk`, `return`, `redo`, `level_up`, or how the duty list found it."""
    duty: Inside[int | None] = None
    """The duty-list entry."""


class Completed(Event):
    """All units have answered, or the desk has 办结; the person may rate it."""

    kind = EventKind.COMPLETED
    allowed_in = (TicketState.ACCEPTED, TicketState.HANDLING)
    gone_by = True
    leads_to = TicketState.COMPLETED
    ends_callback = True
    shown = True

    round: Shown[int]


class Closed(Event):
    """It has ended: rated, its rating expired, or by the office."""

    kind = EventKind.CLOSED
    allowed_in = (TicketState.ACCEPTED, TicketState.HANDLING, TicketState.COMPLETED)
    leads_to = TicketState.CLOSED
    ends_callback = True
    shown = reason_shown = True

    final: Shown[bool] = False
    """The office ended it 终结, with reasons."""


class Called(Event):
    """Somebody, or the phone line, called the enterprise: reached or not."""

    kind = EventKind.CALLED
    allowed_in = ANY_STATE
    clock_only = True
    shown = True

    outcome: Shown[CallOutcome]
    seconds: Shown[int]
    round: Shown[int | None] = None
    """None in the oldest rows."""
    notice: PersonalInside[int | None] = None
    """What ordered the call; None for one made by hand."""
    attempt: Inside[int | None] = None
    template: Inside[str | None] = None
