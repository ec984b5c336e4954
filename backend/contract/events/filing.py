"""What the enterprise does with its ticket, or what is written down for it."""

from __future__ import annotations

from pydantic import Field

from backend.contract.events.event import ANY_STATE, Event, Inside, PersonalShown, Shown
from backend.contract.words import OPEN_STATES, EventKind, Kind, TicketState


class Submitted(Event):
    """A ticket begins."""

    kind = EventKind.SUBMITTED
    allowed_in = ()
    leads_to = TicketState.SUBMITTED
    shown = True

    scenario: Shown[str]
    ticket_kind: Shown[Kind] = Field(alias="kind")
    unclear: Inside[bool] = False
    callback: Shown[bool] = False


class FilledIn(Event):
    """A seat completed what the ticket came without 补录."""

    kind = EventKind.FILLED_IN
    allowed_in = OPEN_STATES
    gone_by = True
    shown = True

    fields: Shown[tuple[str, ...]]
    """Names of the form's fields, never what they hold."""
    attachments: PersonalShown[tuple[str, ...]] = ()
    urgent: Shown[bool] = False
    """It became urgent by this."""


class Added(Event):
    """The enterprise added something; the reason is what it wrote."""

    kind = EventKind.ADDED
    allowed_in = OPEN_STATES
    gone_by = True
    clock_only = True
    shown = reason_shown = True

    attachments: PersonalShown[tuple[str, ...]] = ()


class Urged(Event):
    """The enterprise asked where its matter stays 催促; units are told once a day, so what is done later goes by it."""

    kind = EventKind.URGED
    allowed_in = OPEN_STATES
    gone_by = True
    clock_only = True
    shown = True


class Corrected(Event):
    """The enterprise corrected contact, telephone or its name 更正."""

    kind = EventKind.CORRECTED
    allowed_in = OPEN_STATES | {TicketState.COMPLETED}
    clock_only = True
    shown = True

    fields: Shown[tuple[str, ...]]
    """Columns of the ticket; none of a hidden reporter's."""


class NameConfirmed(Event):
    """The office confirmed the enterprise's registered name."""

    kind = EventKind.NAME_CONFIRMED
    allowed_in = ANY_STATE
    clock_only = True
    shown = True


class Withdrawn(Event):
    """The enterprise took its ticket back 撤回."""

    kind = EventKind.WITHDRAWN
    allowed_in = OPEN_STATES
    leads_to = TicketState.WITHDRAWN
    ends_callback = True
    shown = reason_shown = True
