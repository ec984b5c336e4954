"""Questions are asked in order, answers are kept, and what they change is told."""

import pytest

from backend.contract.message import Localized
from dialogs.events import Place, SharedPhone
from tests.dialogs.city import DRAFT, FormChat, file_id, photo, plain


def test_the_first_relevant_question_is_asked_with_the_opening_before() -> None:
    talk = FormChat()
    assert talk.said == ["engine.begin(样样都有)", "停电请打 95598。"]
    assert talk.question.field == "kind"
    assert talk.presses("o:kind:complaint").question.field == "trouble"


def test_a_condition_decides_what_is_asked_next() -> None:
    assert FormChat().presses("o:kind:complaint", "o:trouble:unpaid").question.field == "amount"
    assert FormChat().presses("o:kind:complaint", "o:trouble:late").question.field == "effects"


def test_a_typed_answer_is_read_back_and_its_note_said() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:unpaid").says("二十万")
    assert talk.value("amount") == "200000.00"
    assert talk.said == ["engine.noted(金额, field.money.shown(200,000))", "金额较大，可以找法律援助。"]


def test_options_are_ticked_until_done() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late", "o:effects:stock", "o:effects:wages")
    labels = [plain(choice.label, "zh_CN") for row in talk.question.options for choice in row]
    assert labels == ["engine.ticked(发不出工资)", "丢了订单", "engine.ticked(货坏了)"]
    talk.presses("x:effects:stock", "done:effects")
    assert talk.value("effects") == ["wages"]
    assert talk.question.field == "since"


def test_a_county_opens_into_its_townships_or_is_taken_whole() -> None:
    talk = FormChat().to_summary().presses("fix:district", "o:district:chengguan")
    assert [row[0].command.split(":")[-1] for row in talk.question.options] == ["dongjie", "xihe", "chengguan"]
    assert talk.presses("w:district:chengguan").summary["district"] == "城关区"
    assert talk.presses("fix:district", "o:district:kaifaqu").summary["district"] == "经济开发区"


def test_yesterday_means_yesterday_in_the_city() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("跳过", "昨天")
    assert talk.value("since") == "2026-11-19"


def test_the_day_buttons_carry_dates_that_stay_true() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late", "skip:effects")
    commands = [choice.command.split(":", 2)[2] for choice in talk.question.options[0]]
    assert commands == ["since:2026-11-20", "since:2026-11-19"]
    assert talk.presses("o:since:2026-11-19").value("since") == "2026-11-19"


def test_known_facts_are_not_asked_but_shown_and_correctable() -> None:
    talk = FormChat(contact__phone="+8613800138000", enterprise__uscc="91350100M000100Y43")
    talk.presses("o:kind:complaint", "o:trouble:late").says("跳过", "跳过", "没有", "拖了三个月还没办好", "东街街道")
    talk.says("建设路18号", "跳过")
    assert talk.question.field == "papers"
    talk.send(photo("a")).presses("done:papers")
    assert talk.summary["phone"] == "138****8000"
    assert talk.says("改电话", "13900139000").value("phone") == "+8613900139000"


def test_a_known_fact_the_field_refuses_is_asked_for() -> None:
    assert "uscc" not in FormChat(enterprise__uscc="123").form.answers


@pytest.mark.parametrize("event", [Place(29.7, 113.9, "软件园"), Place(29.7, 113.9)])
def test_a_place_answers_the_address(event: Place) -> None:
    talk = FormChat().to_summary().presses("fix:address").send(event)
    submitted = talk.presses("confirm").submitted
    assert submitted["address"] == (event.label or "29.70000, 113.90000")
    assert submitted["location"] == {"latitude": 29.7, "longitude": 113.9, "label": event.label}


def test_a_place_sent_early_is_kept_for_its_question() -> None:
    talk = FormChat().presses("o:kind:complaint").send(Place(29.7, 113.9, "软件园"))
    assert talk.said == ["engine.kept_for(位置)"]
    assert talk.question.field == "trouble"
    assert talk.value("spot")["lat"] == 29.7


def test_a_shared_phone_answers_the_phone_whenever_it_comes() -> None:
    talk = FormChat().send(SharedPhone("+8613800138000"))
    assert talk.value("phone") == "+8613800138000"
    assert talk.question.field == "kind"
    assert talk.send(SharedPhone("+8613800138000")).question.problem is not None


def test_an_album_is_one_answer_and_the_limit_ends_it() -> None:
    talk = FormChat().to_summary().presses("fix:papers", "clear:papers").send(photo("b", "c"))
    assert plain(talk.question.prompt, "zh_CN") == "engine.more_files(2)"
    talk.send(photo("d"))
    assert [one["name"] for one in talk.value("papers")] == ["b", "c", "d"]
    assert talk.presses("confirm").submitted["attachments"] == [file_id("b"), file_id("c"), file_id("d")]


def test_the_same_file_twice_counts_once() -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("a"), photo("a"))
    assert len(talk.form.partial) == 1


def test_a_kind_of_file_that_is_not_wanted_is_refused_in_words() -> None:
    talk = FormChat(contact__phone="+8613800138000").to_summary().presses("fix:papers")
    talk.send(photo("v", kind="voice", media_type="audio/ogg"))
    assert talk.question.problem is None  # a voice note is taken as a file, since files are wanted
    talk.presses("clear:papers").send(photo("b", "c", "d", "e"))
    assert talk.question.problem is not None


def test_files_nobody_asked_for_are_kept_and_filed() -> None:
    talk = FormChat().send(photo("x", "y"))
    assert talk.said == ["engine.file_kept(2)"]
    talk.to_summary()
    assert talk.summary[""] == "engine.files(2)"
    assert talk.presses("confirm").submitted["attachments"] == [file_id("a"), file_id("x"), file_id("y")]


def test_files_nobody_asked_for_can_be_dropped() -> None:
    talk = FormChat().send(photo("x")).to_summary().presses("unfile")
    assert "" not in talk.summary
    assert talk.presses("confirm").submitted["attachments"] == [file_id("a")]


def test_a_caption_answers_the_open_question() -> None:
    talk = FormChat().presses("o:kind:complaint").send(photo("x", caption="没给钱"))
    assert talk.value("trouble") == "unpaid"


def test_a_caption_under_an_asked_file_reaches_the_ticket() -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("b", caption="合同第三页")).presses("done:papers")
    [papers] = [one for one in talk.presses("confirm").submitted["answers"] if one["field"] == "papers"]
    assert papers["value"] == "合同第三页"


def test_every_shown_word_of_a_template_has_both_languages() -> None:
    talk = FormChat(language="en")
    assert isinstance(talk.question.prompt, Localized)
    assert talk.question.prompt.best("en") == "Which kind?"


def test_a_place_nobody_needs_is_said_so() -> None:
    talk = FormChat().send(Place(29.7, 113.9), Place(29.8, 113.9), Place(29.9, 113.9))
    assert plain(talk.question.problem or "", "zh") == "engine.place_unwanted"
    assert talk.value("spot")["lat"] == 29.7
    assert talk.value("address")["lat"] == 29.8


def test_a_place_that_cannot_be_is_explained() -> None:
    assert plain(FormChat().send(Place(0, 0)).question.problem or "", "zh") == "field.location.impossible"


def test_a_shared_number_that_is_none_is_explained() -> None:
    talk = FormChat().send(SharedPhone("1"))
    assert talk.question.problem is not None
    assert "phone" not in talk.form.answers


def test_more_files_than_can_be_kept_are_refused_in_words() -> None:
    talk = FormChat().send(photo(*"abcdefgh"), photo("x", "y"))
    assert talk.said == ["engine.too_many_files(9)"]
    assert len(talk.form.extras) == 9


def test_the_caption_of_an_album_is_said_once() -> None:
    talk = FormChat().to_summary().presses("fix:papers", "clear:papers").send(photo("b", "c", caption="合同第三页"))
    talk.presses("done:papers")
    [papers] = [one for one in talk.presses("confirm").submitted["answers"] if one["field"] == "papers"]
    assert papers["value"] == "合同第三页"


def test_nothing_is_an_answer_where_nothing_need_be_said() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("跳过", "没有")
    assert "since" in talk.form.skipped
    assert talk.question.field == "danger"


def test_what_is_filed_is_told_in_both_languages() -> None:
    for entry in FormChat().to_summary().presses("confirm").submitted["answers"]:
        assert entry["label"].keys() == entry["shown"].keys() == {"zh", "en"}
        assert all(entry["label"].values())


def test_every_option_belongs_to_the_form_it_stands_under() -> None:
    talk = FormChat().to_summary()
    for field in ("kind", "trouble", "effects", "since", "danger", "district"):
        options = talk.presses(f"fix:{field}").question.options
        assert {choice.command.split(":")[1] for row in options for choice in row} == {DRAFT[:4]}
        talk.presses(f"keep:{field}")


def test_files_are_read_back_by_their_number() -> None:
    talk = FormChat().to_summary()
    assert talk.summary["papers"] == "engine.files(1)"
    talk.presses("fix:papers", "clear:papers").send(photo("b", "c")).presses("fix:phone")
    assert plain(talk.form.answers["papers"].shown, "zh_CN") == "engine.files(2)"
