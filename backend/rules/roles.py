"""Who may do what: least privilege, by role and by unit (DOMAIN: "Who may see and do what")."""

from __future__ import annotations

from backend.contract.words import Role

DESK = frozenset({Role.SEAT, Role.DISPATCHER, Role.OFFICE})
OVERSEERS = DESK | {Role.SUPERVISOR}
"""See every ticket; units see only those assigned to them."""

UNIT = frozenset({Role.HANDLER, Role.LEADER})


def may_see_contact(roles: frozenset[Role], *, assigned: bool, hidden_reporter: bool) -> bool:
    """Whether these roles may have name and number unmasked, one logged look at a time.

    The unit that handles a ticket needs them to phone the enterprise; a report 举报 hides its reporter from all but
    the desk.
    """
    return bool(roles & DESK) or (assigned and not hidden_reporter and bool(roles & UNIT))
