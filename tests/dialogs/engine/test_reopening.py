"""A ticket that came incomplete asks exactly what it lacks: what was said stands, in every type of field."""

from typing import Any

import pytest

from backend.contract.models.tickets import FieldAnswerOut
from dialogs.engine.completing import is_nothing, still_open
from dialogs.engine.reopening import left_open, taken_over
from dialogs.events import Defer, Place, SharedPhone
from dialogs.form import Form
from tests.dialogs.city import RICH, FormChat, photo
from tests.dialogs.incomplete import Refill, broken_off, shown

ALL = [question.id for question in RICH.questions]


def complete() -> FormChat:
    """Every question answered: about money, with wages unpaid."""
    talk = (
        FormChat().presses("o:kind:complaint", "o:trouble:unpaid").says("二十万", "发不出工资").presses("done:effects")
    )
    talk.says("12", "昨天", "有", "拖了三个月还没办好", "东街街道", "建设路18号", "30.1, 120.2")
    talk.says("91350100M000100Y43", "13800138000").send(photo("a", caption="合同")).presses("done:papers")
    assert talk.summary.keys() == set(ALL)
    return talk


def lacking(*fields: str, **changes: Any) -> Refill:
    """The ticket of somebody who said all but some fields."""
    talk = complete()
    for field in fields:
        talk.presses(f"fix:{field}", f"clear:{field}").send(Defer("seat"))
    return Refill(shown(dict(talk.presses("confirm").submitted), **changes))


ANSWERS: dict[str, tuple[Any, Any]] = {
    "trouble": ("拖延", "late"),
    "amount": ("三万", "30000.00"),
    "effects": ("丢了订单", ["orders"]),
    "workers": ("3", 3),
    "since": ("昨天", "2026-11-19"),
    "danger": ("没有", False),
    "story": ("拖了半年没有结果", "拖了半年没有结果"),
    "district": ("西河镇", "xihe"),
    "address": ("人民路20号", "人民路20号"),
    "spot": ("30.5, 120.5", {"latitude": 30.5, "longitude": 120.5, "label": ""}),
    "uscc": ("91350100M000100Y43", {"uscc": "91350100M000100Y43"}),
    "phone": ("13900139000", {"phone": "+8613900139000"}),
}
"""What is said to the field, and what of it is sent."""
OWN_PLACE = {"story": "story", "district": "district", "address": "address", "spot": "location"} | {
    "uscc": "enterprise",
    "phone": "contact",
}


@pytest.mark.parametrize("field", ANSWERS)
def test_of_every_type_only_what_is_missing_is_asked_and_sent(field: str) -> None:
    refill = lacking(field)
    assert refill.question.field == field
    assert refill.question.progress[0] == 1
    said, sent = ANSWERS[field]
    refill.says(said)
    if field == "effects":
        refill.presses(f"done:{field}")
    assert field in refill.summary
    content = refill.confirmed().learned
    if field in OWN_PLACE:
        assert content.pop(OWN_PLACE[field]) == sent
        assert content.pop("answers") == []
    else:
        [entry] = content.pop("answers")
        assert (entry["field"], entry["value"]) == (field, sent)
    content.pop("urgent", None)
    assert content.keys() <= {"title"}


def test_files_may_be_added_where_they_were_missing() -> None:
    refill = lacking("papers")
    assert refill.question.field == "papers"
    refill.send(photo("b", caption="验收单")).presses("done:papers")
    content = refill.confirmed().learned
    assert len(content["attachments"]) == 1
    assert [entry["value"] for entry in content["answers"]] == ["验收单"]


@pytest.mark.parametrize("field", ALL)
def test_what_stands_is_neither_summed_up_nor_corrected(field: str) -> None:
    missing = "danger" if field != "danger" else "since"
    refill = lacking(missing).says("没有" if missing == "danger" else "昨天")
    assert field not in refill.summary
    before = refill.form.answers
    refill.presses(f"fix:{field}")
    assert refill.said == ["engine.stale"]
    assert refill.form.answers == before


def test_what_stands_cannot_be_named_for_correction_either() -> None:
    refill = lacking("danger").says("改金额")
    assert refill.said == ["engine.settled(金额)"]
    assert refill.question.field == "danger"
    refill.says("没有", "金额")
    assert refill.said == ["engine.settled(金额)"]


def test_masked_values_never_come_back() -> None:
    refill = lacking("danger", contact_name="王**", enterprise="老街面馆").says("有")
    content = refill.confirmed().learned
    assert "contact" not in content
    assert "enterprise" not in content
    assert "****" not in str(content)


def test_a_shared_number_does_not_replace_the_one_on_file() -> None:
    refill = lacking("danger").send(SharedPhone("13911112222"))
    assert refill.question.field == "danger"
    assert refill.form.answers["phone"].known


def test_a_place_goes_only_where_one_is_missing() -> None:
    refill = lacking("address").send(Place(31.0, 121.0, "市场"))
    content = refill.confirmed().learned
    assert content["address"] == "市场"
    assert "location" not in content


def test_a_new_answer_opens_its_branch() -> None:
    talk = FormChat().presses("o:kind:complaint").send(Defer("seat")).says("发不出工资").presses("done:effects")
    talk.says("跳过", "没有", "拖了三个月还没办好", "东街街道", "建设路18号", "跳过", "跳过", "13800138000")
    talk.send(photo("a")).presses("done:papers", "confirm")
    refill = Refill(shown(dict(talk.submitted)))
    assert refill.question.field == "trouble"
    assert refill.presses("o:trouble:unpaid").question.field == "amount"
    assert refill.says("三万").question.field == "workers"
    content = refill.send(Defer("seat")).confirmed().learned
    assert {entry["field"]: entry["value"] for entry in content["answers"]} == {
        "trouble": "unpaid",
        "amount": "30000.00",
        "workers": None,
    }
    assert content["title"] == "欠款：field.money.shown(30,000"


def test_of_a_talk_that_broke_off_all_that_is_required_is_asked_and_what_is_optional_can_be_given() -> None:
    talk = FormChat(contact__phone="+8613800138000").presses("o:kind:complaint").says("拖延")
    refill = Refill(broken_off(talk))
    asked = []
    for said in ("没有", "拖了三个月还没办好", "东街街道", "建设路18号"):
        asked.append(refill.question.field)
        refill.says(said)
    assert [*asked, refill.question.field] == ["danger", "story", "district", "address", "papers"]
    refill.send(Defer("seat"))
    assert refill.summary["since"] == "engine.not_given"
    refill.presses("fix:since").says("昨天")
    content = refill.confirmed().learned
    assert content["story"] == "拖了三个月还没办好"
    assert content["district"] == "dongjie"
    assert {entry["field"]: entry["value"] for entry in content["answers"]} == {
        "danger": False,
        "papers": None,
        "since": "2026-11-19",
    }


def test_the_kind_that_was_never_said_is_the_tickets() -> None:
    refill = Refill(broken_off(FormChat()))
    assert refill.question.field == "trouble"
    assert "kind" not in refill.form.skipped


@pytest.mark.parametrize("field", ALL)
def test_whatever_a_ticket_of_another_version_holds_the_form_opens(field: str) -> None:
    """A value the present question does not take stands without being looked at."""
    ticket = shown(dict(complete().presses("fix:danger").send(Defer("seat")).presses("confirm").submitted))
    odd = {
        "field": field,
        "label": {"zh": "旧", "en": "old"},
        "value": {"odd": [1]},
        "shown": {"zh": "旧", "en": "old"},
    }
    others = [entry for entry in ticket.answers if entry.field != field]
    refill = Refill(ticket.model_copy(update={"answers": [*others, FieldAnswerOut.model_validate(odd)]}))
    assert field == "danger" or refill.question.field == "danger"
    assert field in refill.form.settled


def test_questions_that_are_gone_stay_open_as_they_were() -> None:
    ticket = shown(dict(complete().presses("fix:danger").send(Defer("seat")).presses("confirm").submitted))
    gone = {"field": "gone", "label": {"zh": "旧", "en": "old"}, "value": None, "shown": {"zh": "（待）", "en": "-"}}
    refill = Refill(ticket.model_copy(update={"answers": [*ticket.answers, FieldAnswerOut.model_validate(gone)]})).says(
        "没有"
    )
    content = refill.confirmed().learned
    assert content["answers"][-1] == gone


def test_what_a_hidden_reporter_left_is_not_asked_again() -> None:
    refill = lacking("danger", hidden_reporter=True, contact_phone=None).says("没有")
    assert "phone" not in refill.summary
    assert "uscc" not in refill.summary


def test_a_form_knows_its_questions_after_it_was_stored() -> None:
    refill = lacking("danger")
    assert refill.form.settled
    assert Form.from_json(refill.form.to_json()) == refill.form


def test_back_leads_to_what_was_answered_here_and_not_to_what_was_never_asked() -> None:
    refill = lacking("trouble", "phone").says("拖延")
    assert refill.question.field == "phone"
    assert refill.question.progress == (2, 2)
    assert refill.says("返回").question.field == "trouble"
    optional = Refill(broken_off(FormChat().presses("o:kind:complaint", "o:trouble:late"))).says("没有")
    assert optional.question.field == "story"
    assert optional.says("返回").question.field == "danger"
    assert optional.says("返回").said == ["engine.at_beginning"]


def test_back_from_the_townships_is_offered_where_nothing_came_before() -> None:
    refill = lacking("district").presses("o:district:chengguan")
    assert "back" in [choice.command.partition(":")[0] for row in refill.question.controls for choice in row]


def test_a_point_that_was_sent_for_the_address_goes_with_it() -> None:
    refill = lacking("address", "spot").send(Place(30.5, 120.5, "人民路20号")).says("跳过")
    assert refill.confirmed().learned["location"] == {"latitude": 30.5, "longitude": 120.5, "label": "人民路20号"}


def test_nothing_was_learned_when_all_is_as_open_as_it_was() -> None:
    opened = [{"field": "since", "value": None}]
    assert is_nothing({"answers": opened}, opened)
    assert is_nothing({"answers": opened, "urgent": True}, opened), "how urgent it is follows from what was known"
    assert not is_nothing({"answers": opened, "title": "拖延"}, opened)
    assert not is_nothing({"answers": [{"field": "since", "value": "2026-11-19"}]}, opened)
    assert not is_nothing({"answers": []}, opened)


def test_what_was_done_goes_on_where_the_ticket_has_changed_meanwhile() -> None:
    before = lacking("since", "danger").says("昨天").form
    now = lacking("since", "danger").form
    assert taken_over(now, before).answers["since"] == before.answers["since"]
    settled = lacking("danger").form
    assert taken_over(settled, before).answers == settled.answers, "others have said meanwhile since when"


def test_what_is_still_open_keeps_its_words() -> None:
    refill = lacking("since", "danger").says("昨天").send(Defer("seat"))
    [opened] = [entry for entry in left_open(refill.ticket) if entry["field"] == "danger"]
    content = refill.confirmed().learned
    assert opened in content["answers"]


def test_what_was_answered_is_known_to_the_conditions_of_what_is_asked_now() -> None:
    before, now = complete().form.answers, lacking("since").form.answers
    for field in ("trouble", "amount", "effects", "workers", "danger"):
        assert now[field].value == before[field].value
        assert now[field].known


def test_a_value_of_another_type_is_not_taken_for_an_answer() -> None:
    ticket = lacking("since").ticket
    for field, value in {"amount": "一些", "workers": "12", "danger": "yes", "effects": "wages", "trouble": 3}.items():
        answers = [one.model_copy(update={"value": value}) if one.field == field else one for one in ticket.answers]
        refill = Refill(ticket.model_copy(update={"answers": answers}))
        assert field not in refill.form.answers
        assert field in refill.form.settled


def test_files_that_came_without_words_are_not_asked_for_again() -> None:
    ticket = lacking("since").ticket
    without = ticket.model_copy(update={"answers": [one for one in ticket.answers if one.field != "papers"]})
    assert "papers" in Refill(without).form.settled
    nothing = without.model_copy(update={"attachments": []})
    assert "papers" not in Refill(nothing).form.settled


def test_what_was_put_off_stays_put_off_where_the_ticket_has_changed_meanwhile() -> None:
    before = lacking("since", "danger").send(Defer("seat")).form
    assert before.deferred == {"since": "seat"}
    assert taken_over(lacking("since", "danger").form, before).deferred == before.deferred
    assert taken_over(lacking("danger").form, before).deferred == {}


def test_something_is_open_as_long_as_one_entry_has_no_value() -> None:
    given, missing = {"field": "since", "value": "2026-11-19"}, {"field": "danger", "value": None}
    assert still_open({"answers": [given, missing]})
    assert not still_open({"answers": [given]})
