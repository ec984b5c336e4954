"""What an enterprise learns is a list: every kind of event is on it or unseen, and reasons that stay inside do."""

import pytest

from backend.contract.models.tickets import AssignmentOut, TicketOut
from backend.contract.words import EventKind
from backend.rules import enterprise_view

INSIDE = {
    EventKind.REASSIGNED,
    EventKind.RETURN_PROPOSED,
    EventKind.RETURN_REFUSED,
    EventKind.WARNED,
    EventKind.WARNING_LIFTED,
    EventKind.ESCALATED,
    EventKind.REMINDED,
    EventKind.UNDELIVERED,
}
TOLD_WHY = {EventKind.REJECTED, EventKind.ADDED, EventKind.INTERIM, EventKind.WITHDRAWN, EventKind.CLOSED}


@pytest.mark.parametrize("kind", sorted({*EventKind, "of_tomorrow"}))
def test_no_event_carries_more_than_is_listed(kind: str) -> None:
    data = {"secret": "内部", "note": "内部", "unit": "x", "rule": "desk", "policy": "1", "to": 3, "level": "red"}
    if kind in {*INSIDE, "of_tomorrow"}:
        with pytest.raises(KeyError):
            enterprise_view.event(kind, "内部理由", data)
        return
    reason, shown = enterprise_view.event(kind, "理由", data | {"assignment": 1})
    assert (reason == "理由") == (kind in TOLD_WHY)
    assert shown.keys() <= {"assignment"}


def test_what_the_administration_does_within_itself_is_not_shown() -> None:
    # A new kind is unseen until its model says otherwise; say here, too, that it is to stay inside.
    assert {*EventKind} - {*enterprise_view.event_kinds()} == INSIDE


def test_fields_that_are_listed_exist() -> None:
    assert TicketOut.model_fields.keys() >= enterprise_view.TICKET
    assert AssignmentOut.model_fields.keys() >= enterprise_view.ASSIGNMENT
