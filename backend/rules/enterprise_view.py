"""What an enterprise learns of its ticket, as one list: kinds of events, fields of the ticket, arguments of notices.

What is not listed here stays inside the administration, so a new kind or field is unseen until somebody lists it.
Reasons of a return, of its refusal, of a dispatch and notes of a contact stay inside; those of 不予受理, of a closing
and interim answers are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.contract.words import EventKind


@dataclass(frozen=True)
class Shown:
    """What of an event is shown."""

    fields: frozenset[str] = frozenset()
    """Names in its data."""
    reason: bool = False


def _shown(*fields: str, reason: bool = False) -> Shown:
    return Shown(frozenset(fields), reason)


EVENTS: Mapping[str, Shown] = {
    EventKind.SUBMITTED: _shown("scenario", "kind", "callback"),
    EventKind.ACCEPTED: _shown(),
    EventKind.REJECTED: _shown("basis", reason=True),
    EventKind.DISPATCHED: _shown("lead", "assists", "round"),
    EventKind.SIGNED: _shown("assignment"),
    EventKind.CONTACTED: _shown("assignment"),
    EventKind.ASKED: _shown("assignment", "question"),
    EventKind.ANSWERED: _shown("assignment", "question", "files"),
    EventKind.UNANSWERED: _shown("assignment", "question"),
    EventKind.ADDED: _shown("attachments", reason=True),
    EventKind.FILLED_IN: _shown("fields", "attachments", "urgent"),
    EventKind.CORRECTED: _shown("fields"),
    EventKind.NAME_CONFIRMED: _shown(),
    EventKind.INTERIM: _shown("assignment", reason=True),
    EventKind.REPLIED: _shown("assignment"),
    EventKind.RETURN_APPROVED: _shown("assignment"),
    EventKind.COMPLETED: _shown("round"),
    EventKind.RATED: _shown("round", "right"),
    EventKind.REDONE: _shown("round"),
    EventKind.LEVELLED_UP: _shown("round"),
    EventKind.WITHDRAWN: _shown(reason=True),
    EventKind.CLOSED: _shown("final", reason=True),
    EventKind.RECKONED: _shown(),
    EventKind.RATING_EXPIRED: _shown("round"),
    EventKind.CALLED: _shown("outcome", "seconds", "round"),
    EventKind.CLEARED: _shown("what", "files"),
}
"""Warnings, escalations, reminders and proposals of units are the administration's own business."""

TICKET = frozenset(
    {
        *("number", "version", "kind", "scenario", "title", "state", "urgent", "difficult", "waiting", "created_at"),
        *("promised_at", "callback", "story", "district", "address", "location", "answers", "enterprise"),
        *(
            "enterprise_confirmed",
            "as_filed",
            "contact_name",
            "contact_phone",
            "hidden_reporter",
            "provisional",
            "attachments",
            "additions",
            "questions",
        ),
        *("assignments", "reply", "rating", "may"),
    }
)
"""Fields of a ticket."""

ASSIGNMENT = frozenset({"id", "department", "role", "state", "round", "waiting"})
"""Fields of a unit's part: who has it, not who there, by when, or what they wrote before it was the answer."""

_PROMISE = frozenset({"promised_at", "provisional", "departments", "departments_en"})
_UNIT = frozenset({"department", "department_en"})

NOTICES: Mapping[str, frozenset[str]] = {
    "received": frozenset({"code", "verify_by", "provisional"}),
    "accepted": frozenset({"code", "kind"}) | _PROMISE,
    "accepted_later": _PROMISE,
    "rejected": frozenset({"reason", "basis"}),
    "question": frozenset({"question", "text"}) | _UNIT,
    "question_reminder": frozenset({"question", "text"}) | _UNIT,
    "question_ended": frozenset({"question", "text"}) | _UNIT,
    "interim": frozenset({"text"}) | _UNIT,
    "completed": frozenset({"reply", "departments", "departments_en", "attachments"}),
    "rating_reminder": frozenset(),
    "follow_up_call": frozenset(),
    "redone": _UNIT,
    "levelled_up": _UNIT,
    "closed": frozenset({"reason"}),
    "reckoned": _PROMISE,
}
"""Arguments that a notice to the enterprise may carry, beside the ticket's number and title."""


def event(kind: str, reason: str | None, data: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Reason and data of a listed event, as the enterprise gets them; raises KeyError for one that is not listed."""
    listed = EVENTS[kind]
    return (reason if listed.reason else None), {name: data[name] for name in data if name in listed.fields}


def notice(template: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, all of them listed; raises KeyError for a notice or an argument that is not."""
    listed = NOTICES[template]
    if unlisted := args.keys() - listed:
        raise KeyError(f"the enterprise may not learn {sorted(unlisted)} by {template}: {__name__} does not list it")
    return dict(args)
