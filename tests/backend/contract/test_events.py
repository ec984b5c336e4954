"""Events as rows hold them: what earlier versions wrote is read, and what is unknown breaks nothing."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from backend.contract import events
from backend.contract.events import Event
from backend.contract.events.event import Inside, PersonalShown, Shown
from backend.contract.events.part import Replied, ReturnProposed, Signed
from backend.contract.models.timeline import EventOut
from backend.contract.words import EventKind, TicketState
from backend.rules import enterprise_view

RECORDED: list[tuple[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "recorded" / "events.json").read_text("utf-8")
)
"""Kind and data as they were stored before events had models, each kind in every shape."""


def test_every_kind_is_among_the_recorded_ones() -> None:
    """A new kind has no past; one that is here stays readable for ever."""
    assert {kind for kind, _ in RECORDED} <= {*EventKind}
    assert len({kind for kind, _ in RECORDED}) == 34


@pytest.mark.parametrize(("kind", "data"), RECORDED)
def test_a_row_of_an_earlier_version_is_read_and_would_be_written_the_same(kind: str, data: dict[str, Any]) -> None:
    event = events.read(kind, data)
    assert event is not None
    assert event.kind == kind
    assert event.data == data


@pytest.mark.parametrize(("kind", "data"), RECORDED)
def test_what_was_cleared_or_is_not_shown_is_read_as_well(kind: str, data: dict[str, Any]) -> None:
    model = events.model_of(kind)
    assert model is not None
    kept = {name: value for name, value in data.items() if name in model.names(kept=True)}
    assert isinstance(events.read(kind, kept), model)
    if model.shown:
        _, shown = enterprise_view.event(kind, None, data)
        assert isinstance(events.read(kind, shown), model)
        assert shown.keys() <= model.names(shown=True)


def test_what_only_a_newer_version_understands_is_nothing_typed() -> None:
    assert events.read("of_tomorrow", {"assignment": 1}) is None
    assert events.read("warned", {"assignment": 1, "level": "purple"}) is None
    assert events.read("signed", {"assignment": 1, "place": "现场"}) == Signed(assignment=1)


def test_over_the_api_it_is_as_before_and_typed_beside_it() -> None:
    sent = {"seq": 3, "at": "2026-03-10T01:00:00Z", "actor": "staff", "department": "供电所", "channel": None}
    row = sent | {
        "kind": "return_proposed",
        "reason": "归街道",
        "data": {"assignment": 1, "unit": "town", "basis": None},
    }
    event = EventOut.model_validate(row)
    assert event.typed == ReturnProposed(assignment=1, unit="town", basis=None)
    assert event.model_dump(mode="json") == row | {"staff": None, "rating": None}
    assert EventOut.model_validate(row | {"kind": "of_tomorrow"}).typed is None


def test_what_is_not_given_is_not_stored() -> None:
    assert Replied(at_once=True).data == {"at_once": True}
    assert ReturnProposed(assignment=1, unit=None, basis="三定方案").data == {
        "assignment": 1,
        "unit": None,
        "basis": "三定方案",
    }


def test_a_model_that_would_show_too_much_or_could_not_be_read_is_refused() -> None:
    class Common(Event):
        kind_of_test: ClassVar[str] = "x"
        allowed_in = (TicketState.HANDLING,)

    with pytest.raises(TypeError, match="say of note"):

        class Unmarked(Common):
            kind = EventKind.SIGNED
            note: str = ""

    with pytest.raises(TypeError, match="cannot be shown"):

        class ShownInside(Common):
            kind = EventKind.SIGNED
            note: Shown[str] = ""

    with pytest.raises(TypeError, match="needs a default"):

        class HiddenAlways(Common):
            kind = EventKind.SIGNED
            shown = True
            note: Inside[str]

    with pytest.raises(TypeError, match="needs a default"):

        class ClearedAlways(Common):
            kind = EventKind.SIGNED
            shown = True
            note: PersonalShown[str]

    with pytest.raises(TypeError, match="are both signed"):

        class Twice(Common):
            kind = EventKind.SIGNED
