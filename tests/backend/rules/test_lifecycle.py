"""The whole way of a ticket at a glance: which event may happen in which state, and where it leads."""

import pytest

from backend.contract import events
from backend.contract.events.desk import Accepted, Dispatched
from backend.contract.events.filing import Submitted
from backend.contract.events.part import ReturnApproved, Signed
from backend.contract.words import EventKind, Kind, TicketState
from backend.rules import lifecycle
from backend.rules.lifecycle import NotAllowedError

STATES = ["submitted", "accepted", "handling", "completed", "closed", "rejected", "withdrawn"]
# One column a state, in this order: . not allowed, = stays, else the first letters of the state that it leads to.
WAY = """
accepted         acc .   .   .   .   .   .
rejected         rej .   .   .   .   .   .
dispatched       .   han han .   .   .   .
signed           .   .   =   .   .   .   .
reassigned       .   .   =   .   .   .   .
contacted        .   .   =   .   .   .   .
interim          .   .   =   .   .   .   .
return_proposed  .   .   =   .   .   .   .
return_approved  .   .   acc .   .   .   .
return_refused   .   .   =   .   .   .   .
replied          .   =   =   .   .   .   .
completed        .   com com .   .   .   .
rated            .   .   .   =   .   .   .
rating_expired   .   .   .   =   .   .   .
redone           .   .   .   acc .   .   .
levelled_up      .   .   .   acc .   .   .
closed           .   clo clo clo .   .   .
withdrawn        wit wit wit .   .   .   .
asked            =   =   =   .   .   .   .
answered         =   =   =   .   .   .   .
undelivered      =   =   =   .   .   .   .
unanswered       =   =   =   .   .   .   .
added            =   =   =   .   .   .   .
urged            =   =   =   .   .   .   .
filled_in        =   =   =   .   .   .   .
corrected        =   =   =   =   .   .   .
warned           =   =   =   .   .   .   .
escalated        =   =   =   .   .   .   .
reckoned         =   =   =   .   .   .   .
reminded         =   =   =   =   .   .   .
warning_lifted   =   =   =   =   =   =   =
called           =   =   =   =   =   =   =
name_confirmed   =   =   =   =   =   =   =
cleared          .   .   .   .   =   =   =
"""
ROWS = [(kind, leads) for kind, *leads in map(str.split, WAY.strip().splitlines())]
TIME_ALONE = {
    *("warned", "warning_lifted", "escalated", "reminded", "added", "reckoned", "called", "cleared", "contacted"),
    *("urged", "interim", "undelivered", "unanswered", "corrected", "name_confirmed"),
}


def test_the_table_is_whole() -> None:
    assert {kind for kind, _ in ROWS} == {*EventKind} - {EventKind.SUBMITTED}


@pytest.mark.parametrize(("kind", "leads"), ROWS)
def test_an_event_is_allowed_where_the_table_says_and_leads_there(kind: str, leads: list[str]) -> None:
    model = events.model_of(kind)
    assert model is not None
    event = model.model_construct()
    for name, then in zip(STATES, leads, strict=True):
        state = TicketState(name)
        assert lifecycle.allows(state, model) == (then != ".")
        if then == ".":
            with pytest.raises(NotAllowedError):
                lifecycle.after(state, event)
        else:
            led = lifecycle.after(state, event)
            assert led is state if then == "=" else led.startswith(then)


def test_a_return_leaves_it_with_the_others_that_are_at_it() -> None:
    assert lifecycle.after(TicketState.HANDLING, ReturnApproved(assignment=1, others_open=True)) == "handling"


def test_a_ticket_begins_by_being_submitted_and_once() -> None:
    begins = Submitted(scenario="power-cut", kind=Kind.COMPLAINT)
    assert lifecycle.after(None, begins) is TicketState.SUBMITTED
    for state, event in ((None, Accepted()), *((state, begins) for state in TicketState)):
        with pytest.raises(NotAllowedError):
            lifecycle.after(state, event)
    with pytest.raises(NotAllowedError):
        lifecycle.replay([])


def test_events_rebuild_the_state() -> None:
    way = [
        Submitted(scenario="power-cut", kind=Kind.COMPLAINT),
        Accepted(policy="1"),
        Dispatched(lead="east-power", assists=(), round=1),
        Signed(assignment=1),
    ]
    assert lifecycle.replay([(one.kind, one.data) for one in way]) is TicketState.HANDLING
    with pytest.raises(ValueError, match="of_tomorrow"):
        lifecycle.replay([("of_tomorrow", {})])


def test_what_time_does_makes_no_view_stale_and_what_nobody_knows_does() -> None:
    assert {kind for kind in EventKind if not lifecycle.makes_stale(kind)} == TIME_ALONE
    assert lifecycle.makes_stale("of_tomorrow")
