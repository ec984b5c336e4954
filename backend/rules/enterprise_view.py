"""What an enterprise learns of its ticket: fields of the ticket. Events and notices say it of
themselves.

What is not listed here stays inside the administration, so a new field is unseen until somebody lists it.
Reasons of a return, of its refusal, of a dispatch and notes of a contact stay inside; those of 不予受理, of a closing
and interim answers are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.contract import events
from backend.contract.words import EventKind

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
        *("assignments", "reply", "rating", "may", "permissions"),
    }
)
"""Fields of a ticket."""

ASSIGNMENT = frozenset({"id", "department", "role", "state", "round", "waiting"})
"""Fields of a unit's part: who has it, not who there, by when, or what they wrote before it was the answer."""


def event_kinds() -> list[str]:
    """Events that it learns of; what the administration does within itself is none."""
    return [kind for kind in EventKind if (model := events.model_of(kind)) is not None and model.shown]


def event(kind: str, reason: str | None, data: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Reason and data of an event, as the enterprise gets them; raises KeyError for one that it does not learn of."""
    model = events.model_of(kind)
    if model is None or not model.shown:
        raise KeyError(kind)
    names = model.names(shown=True)
    return (reason if model.reason_shown else None), {name: data[name] for name in data if name in names}
