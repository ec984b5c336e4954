"""The domain's closed vocabularies, as stored and as sent over the API."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kind of request 诉求类型."""

    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"


class TicketState(StrEnum):
    """Where a ticket stands in the closed loop 闭环."""

    SUBMITTED = "submitted"
    """Waits for the seat: to be verified, accepted or rejected."""
    ACCEPTED = "accepted"
    """Accepted, not yet with a department: on the dispatch desk."""
    HANDLING = "handling"
    """Dispatched; at least one assignment is open."""
    COMPLETED = "completed"
    """Answered; waits for the rating."""
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({TicketState.SUBMITTED, TicketState.ACCEPTED, TicketState.HANDLING})
"""The enterprise may still add to it or withdraw it."""

ENDED_STATES = frozenset({TicketState.CLOSED, TicketState.REJECTED, TicketState.WITHDRAWN})


class AssignmentState(StrEnum):
    """Where one department's part 派单 stands."""

    DISPATCHED = "dispatched"
    SIGNED = "signed"
    REPLIED = "replied"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class AssignmentRole(StrEnum):
    LEAD = "lead"
    ASSIST = "assist"


class Level(StrEnum):
    """Level of a department, lowest first."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"
    REGION = "region"


class Role(StrEnum):
    """What a member of staff may do; see backend/rules/roles.py."""

    HANDLER = "handler"
    LEADER = "leader"
    SEAT = "seat"
    DISPATCHER = "dispatcher"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class Grade(StrEnum):
    """Rating in three grades (Chibi 2022)."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    DISSATISFIED = "dissatisfied"


class Scope(StrEnum):
    """What a service token may do."""

    CONTACTS = "contacts"
    """Act for enterprise contacts of its channels."""
    STAFF = "staff"
    """Act for staff who bound an account of its channels."""
    NOTICES = "notices"
    """Claim and acknowledge notices of its channels."""


class EventKind(StrEnum):
    """What happened to a ticket; `contract/events/` has a model for each. Events are never changed or deleted."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    REASSIGNED = "reassigned"
    CONTACTED = "contacted"
    ASKED = "asked"
    ANSWERED = "answered"
    UNDELIVERED = "undelivered"
    UNANSWERED = "unanswered"
    ADDED = "added"
    URGED = "urged"
    FILLED_IN = "filled_in"
    CORRECTED = "corrected"
    NAME_CONFIRMED = "name_confirmed"
    INTERIM = "interim"
    REPLIED = "replied"
    RETURN_PROPOSED = "return_proposed"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    COMPLETED = "completed"
    RATED = "rated"
    REDONE = "redone"
    LEVELLED_UP = "levelled_up"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    WARNED = "warned"
    WARNING_LIFTED = "warning_lifted"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    RECKONED = "reckoned"
    RATING_EXPIRED = "rating_expired"
    CALLED = "called"
    CLEARED = "cleared"


class CallOutcome(StrEnum):
    """What became of a call to the enterprise."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    """The person does not want to be called about it."""
    FAILED = "failed"
    """It could not be put through."""


class Step(StrEnum):
    """What a unit owes by a limit."""

    SIGN = "sign"
    CONTACT = "contact"
    INTERIM = "interim"
    RESOLVE = "resolve"


class DeskStep(StrEnum):
    """What a desk owes by a limit."""

    VERIFY = "verify"
    DISPATCH = "dispatch"
    DECIDE = "decide"
    """On a return."""
    CALL_BACK = "call_back"


class WarningLevel(StrEnum):
    """Warning colour 蓝黄红 (Chibi 2022, items 13 and 14)."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


class Permission(StrEnum):
    """What may be done with a ticket, as its `may` names it."""

    ACCEPT = "accept"
    REJECT = "reject"
    ANSWER_AT_ONCE = "answer_at_once"
    DISPATCH = "dispatch"
    ASK_AT_DESK = "ask_at_desk"
    FILL_IN = "fill_in"
    CALL = "call"
    CLOSE = "close"
    DECIDE_RETURN = "decide_return"
    SIGN = "sign"
    CONTACT = "contact"
    ASK = "ask"
    REPLY = "reply"
    INTERIM = "interim"
    PROPOSE_RETURN = "propose_return"
    REASSIGN = "reassign"
    LOOK = "look"
    CONFIRM_NAME = "confirm_name"
    ADD = "add"
    WITHDRAW = "withdraw"
    CORRECT = "correct"
    RATE = "rate"
    ANSWER = "answer"
