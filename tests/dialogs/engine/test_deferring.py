"""A question whose answer cannot be given here is put off: not asked again, told at filing, and open to correction."""

from typing import Any

import pytest

from backend.contract.models.filing import NewTicket
from dialogs.events import Defer
from dialogs.form import Form
from tests.dialogs.city import FormChat, photo


def at_district() -> FormChat:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("跳过", "跳过", "没有", "拖了三个月还没办好")
    assert talk.question.field == "district"
    return talk


def to_the_end(talk: FormChat) -> FormChat:
    """Everything left is answered or skipped."""
    talk.says("建设路18号", "跳过", "跳过", "13800138000").send(photo("a")).presses("done:papers")
    assert talk.summary
    return talk


def left(talk: FormChat, field: str) -> list[Any]:
    return [one for one in talk.submitted["answers"] if one["field"] == field]


def test_a_required_question_left_to_a_seat_makes_the_ticket_unclear() -> None:
    talk = at_district().send(Defer("seat"))
    assert talk.said == ["engine.put_off_seat(区域)"]
    assert talk.question.field == "address"
    assert to_the_end(talk).summary["district"] == "engine.left_to_seat"
    talk.presses("confirm")
    assert left(talk, "district") == [
        {
            "field": "district",
            "label": {"zh": "区域", "en": "District"},
            "value": None,
            "shown": {"zh": "engine.left_to_seat", "en": "engine.left_to_seat"},
        }
    ]
    assert talk.submitted["unclear"] is True
    assert "district" not in talk.submitted
    NewTicket.model_validate(talk.submitted)


def test_what_is_added_later_by_link_leaves_the_ticket_clear() -> None:
    talk = to_the_end(at_district().send(Defer("link"))).presses("confirm")
    assert "unclear" not in talk.submitted
    assert left(talk, "district")[0]["shown"]["zh"] == "engine.left_to_link"


def test_an_optional_question_left_to_a_seat_leaves_the_ticket_clear() -> None:
    talk = at_district().says("东街街道", "建设路18号", "跳过")
    assert talk.question.field == "uscc"
    talk.send(Defer("seat")).says("13800138000").send(photo("a")).presses("done:papers", "confirm")
    assert left(talk, "uscc")[0]["value"] is None
    assert "unclear" not in talk.submitted


@pytest.mark.parametrize("field", [question.id for question in FormChat().scenario.questions])
def test_whatever_is_put_off_the_ticket_can_still_be_filed(field: str) -> None:
    talk = to_the_end(at_district().says("东街街道"))
    if field in talk.summary:
        talk.presses(f"fix:{field}").send(Defer("seat"))
    NewTicket.model_validate(talk.presses("confirm").submitted)


def test_going_back_does_not_stop_at_it() -> None:
    talk = at_district().send(Defer("seat")).presses("back:address")
    assert talk.question.field == "story"


def test_it_can_be_answered_after_all() -> None:
    talk = to_the_end(at_district().send(Defer("link"))).says("改区域")
    assert talk.question.field == "district"
    talk.says("东街街道")
    assert talk.summary["district"] == "城关区 东街街道"
    assert talk.form.deferred == {}
    assert left(talk.presses("confirm"), "district") == []


def test_reopened_and_left_as_it_was_it_stays_put_off() -> None:
    talk = to_the_end(at_district().send(Defer("link"))).presses("fix:district", "keep:district")
    assert talk.summary["district"] == "engine.left_to_link"


def test_skipping_it_later_takes_the_deferral_back() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").send(Defer("link")).presses("back:since")
    assert talk.question.field == "trouble"
    talk.says("拖延").presses("fix:effects", "skip:effects")
    assert talk.form.deferred == {}
    assert talk.form.skipped == ("effects",)


def test_putting_off_an_answered_question_takes_its_answer_away() -> None:
    talk = to_the_end(at_district().says("东街街道")).presses("fix:district").send(Defer("seat"))
    assert talk.summary["district"] == "engine.left_to_seat"


def test_files_that_were_sent_stay_when_the_rest_is_put_off() -> None:
    talk = FormChat().to_summary().presses("fix:papers", "clear:papers").send(photo("b"), Defer("link"))
    assert talk.summary["papers"] == "engine.files(1)"


def test_a_question_that_became_irrelevant_is_not_told() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:unpaid").send(Defer("seat"))
    talk.presses("back:effects", "o:trouble:late").says("跳过", "跳过", "没有", "拖了三个月还没办好", "东街街道")
    to_the_end(talk).presses("confirm")
    assert left(talk, "amount") == []
    assert "unclear" not in talk.submitted


def test_at_the_summary_there_is_nothing_to_put_off() -> None:
    talk = FormChat().to_summary()
    before = talk.summary
    assert talk.send(Defer("link")).summary == before


def test_starting_again_asks_it_again() -> None:
    talk = at_district().send(Defer("seat")).presses("restart", "yes:restart")
    assert talk.form.deferred == {}


def test_a_form_of_before_has_nothing_put_off() -> None:
    old = {key: value for key, value in FormChat().form.to_json().items() if key != "deferred"}
    assert Form.from_json(old).deferred == {}


def test_files_sent_for_what_was_put_off_are_its_answer_also_when_another_is_corrected() -> None:
    talk = FormChat().to_summary().presses("fix:papers", "clear:papers").send(Defer("seat"))
    assert talk.form.deferred == {"papers": "seat"}
    talk.presses("fix:papers").send(photo("b")).presses("fix:phone")
    assert talk.form.deferred == {}
    assert len(talk.value("papers")) == 1
