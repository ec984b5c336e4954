"""Who cannot answer a question is asked by a person later, whatever kind of question it is."""

import pytest

from backend.contract.models.filing import NewTicket
from dialogs.form import Pending
from dialogs.outputs import HandOver
from tests.dialogs.city import FormChat

WORDS = ("不知道", "我不知道啊", "随便", "你帮我填", "I don't know")


def filed(talk: FormChat) -> NewTicket:
    return NewTicket.model_validate(talk.presses("confirm").submitted)


def asked_back(talk: FormChat) -> bool:
    return talk.form.pending is Pending.MEANT


@pytest.mark.parametrize("text", WORDS)
def test_a_choice_that_must_be_made_is_left_to_a_person(text: str) -> None:
    talk = FormChat().presses("o:kind:complaint").says(text)
    assert talk.said == ["engine.put_off_seat(问题)"]
    assert talk.form.deferred == {"trouble": "seat"}
    assert talk.question.field != "trouble"


@pytest.mark.parametrize("field", ["address", "phone", "district", "danger", "kind"])
@pytest.mark.parametrize("text", WORDS)
def test_so_is_whatever_else_must_be_said(field: str, text: str) -> None:
    talk = FormChat().to_summary().presses(f"fix:{field}").says(text)
    assert talk.form.deferred == {field: "seat"}
    assert field not in talk.form.answers
    assert filed(talk).unclear


def test_what_need_not_be_said_is_left_out() -> None:
    talk = FormChat().to_summary().presses("fix:uscc").says("不清楚")
    assert talk.form.deferred == {}
    assert "uscc" in talk.form.skipped
    assert not filed(talk).unclear


def test_the_county_that_was_chosen_stands_where_the_township_is_not_known() -> None:
    talk = FormChat().to_summary().presses("fix:district", "o:district:chengguan").says("不知道")
    assert talk.value("district") == "chengguan"


def test_without_a_story_there_is_no_matter() -> None:
    talk = FormChat().to_summary().presses("fix:story")
    assert talk.says("不知道").question.field == "story"
    talk.says("你帮我填")
    assert any(isinstance(output, HandOver) for output in talk.step.outputs)


def test_a_sentence_that_only_holds_such_words_is_an_answer() -> None:
    talk = FormChat().to_summary().presses("fix:address").says("建设路不知道几号，邮局对面")
    assert talk.value("address")["text"] == "建设路不知道几号，邮局对面"


def test_who_is_refused_once_is_asked_whether_it_is_the_answer_after_all() -> None:
    talk = FormChat().to_summary().presses("fix:address").says("说了就给修吗")
    assert not asked_back(talk)
    assert asked_back(talk.says("说了就给修吗"))
    assert talk.says("是").value("address")["text"] == "说了就给修吗"


@pytest.mark.parametrize(("words", "taken"), [("对的", True), ("没错", True), ("不对", False), ("不是的", False)])
def test_what_was_asked_back_is_confirmed_or_denied_in_many_words(words: str, taken: bool) -> None:
    talk = FormChat().to_summary().presses("fix:address").says("说了就给修吗", "说了就给修吗")
    assert asked_back(talk)
    talk.says(words)
    assert not asked_back(talk)
    assert (talk.form.answers["address"].shown == "说了就给修吗") is taken


def test_the_options_that_were_ticked_stand_where_no_more_is_known() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late", "o:effects:wages").says("不知道")
    assert talk.value("effects") == ["wages"]
    assert talk.question.field == "since"
