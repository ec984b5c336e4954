"""The ways round a question, typed and by button, and buttons that are old or pressed twice."""

import pytest

from dialogs.events import Press, SharedPhone, Start, Text
from dialogs.form import Pending, Phase
from dialogs.outputs import HandOver, Say, SetLanguage, Summarise
from tests.dialogs.city import DRAFT, ENGINE, NOW, RICH, FormChat, photo, plain, tagged


def at_trouble() -> FormChat:
    return FormChat().presses("o:kind:complaint")


def test_help_grows_and_ends_with_the_example() -> None:
    talk = at_trouble()
    helps = []
    for _ in range(4):
        talk.says("帮助")
        assert talk.question.help is not None
        helps.append(plain(talk.question.help, "zh_CN"))
    assert helps == ["帮助一", "帮助二", "engine.example(欠款)", "engine.example(欠款)"]
    assert talk.form.misses.total == 0


def test_a_story_that_contains_a_command_is_a_story() -> None:
    talk = FormChat().to_summary().says("改经过", "他们取消了合同，找人工也没用，请帮助")
    assert talk.value("story") == "他们取消了合同，找人工也没用，请帮助"


@pytest.mark.parametrize("text", ["取消", "取消。", "CANCEL", " cancel! "])
def test_a_command_alone_is_a_command_even_at_a_story(text: str) -> None:
    talk = FormChat().to_summary().says("改经过", text)
    assert plain(talk.question.prompt, "zh_CN") == "engine.cancel_sure"


def test_back_asks_the_question_before_and_keeps_its_answer_meanwhile() -> None:
    talk = at_trouble().presses("o:trouble:late", "back:effects")
    assert talk.question.field == "trouble"
    assert talk.value("trouble") == "late"
    assert talk.says("返回").question.field == "kind"
    assert talk.says("返回").said == ["engine.at_beginning"]
    assert talk.presses("keep:kind").question.field == "effects"


def test_back_from_townships_returns_to_the_counties() -> None:
    talk = FormChat().to_summary().presses("fix:district", "o:district:chengguan").says("返回")
    assert talk.question.field == "district"
    assert len(talk.question.options) == 3


def test_an_optional_question_can_be_skipped_and_answered_later() -> None:
    talk = FormChat().to_summary()
    assert talk.summary["since"] == "engine.not_given"
    assert talk.says("改开始日期", "前天").value("since") == "2026-11-18"
    assert talk.presses("fix:since").says("跳过").said == ["engine.removed(开始日期)"]


def test_a_required_question_cannot_be_skipped() -> None:
    talk = at_trouble().says("跳过")
    assert talk.question.field == "trouble"
    assert plain(talk.question.problem or "", "zh_CN") == "engine.cannot_skip"


@pytest.mark.parametrize("name", ["改电话", "修改联系电话", "电话错了", "correct phone", "Change phone"])
def test_any_answer_is_corrected_by_name(name: str) -> None:
    talk = FormChat().to_summary().says(name)
    assert talk.question.field == "phone"
    assert talk.says("13900139000").summary["phone"] == "139****9000"


def test_help_at_the_summary_explains_the_summary() -> None:
    assert FormChat().to_summary().says("帮助").said == ["engine.summary_help"]


def test_an_option_that_begins_like_a_correction_is_an_option() -> None:
    talk = FormChat().to_summary().presses("fix:trouble").says("改材料")
    assert talk.question.field == "papers"
    assert FormChat().to_summary().presses("fix:trouble").says("改期").value("trouble") == "late"


def test_a_correction_of_the_present_question_asks_it_again() -> None:
    assert at_trouble().says("改问题").question.field == "trouble"


def test_what_is_said_when_everything_is_answered_but_unclear() -> None:
    talk = FormChat().to_summary().says("今天天气不错")
    assert talk.said == ["engine.summary_hint"]
    assert talk.form.phase is Phase.CONFIRMING


def test_done_with_nothing_chosen() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("完成")
    assert talk.question.field == "since"
    assert talk.form.skipped == ("effects",)
    talk = FormChat().to_summary().presses("fix:papers", "clear:papers").says("完成")
    assert plain(talk.question.problem or "", "zh") == "engine.nothing_attachment"


def test_a_day_button_that_became_wrong_is_explained() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late", "skip:effects", "o:since:2026-12-24")
    assert talk.question.field == "since"
    assert talk.question.problem is not None


def test_an_edit_before_anything_was_typed() -> None:
    assert at_trouble().send(Text("拖延", edited=True)).said == ["engine.edit_how"]


def test_a_name_that_fits_two_answers_is_asked_back() -> None:
    talk = FormChat().to_summary().says("change st")
    assert talk.said == ["engine.which_answer"]
    [said] = [output for output in talk.step.outputs if isinstance(output, Say)]
    assert [row[0].command for row in said.choices] == [tagged("fix:story"), tagged("fix:district")]


def test_at_the_summary_a_name_alone_is_enough() -> None:
    assert FormChat().to_summary().says("材料").question.field == "papers"


def test_the_summary_is_confirmed_by_words_too() -> None:
    assert FormChat().to_summary().says("是的").form.phase is Phase.SUBMITTING
    talk = FormChat().to_summary().says("不是")
    assert talk.form.phase is Phase.CONFIRMING
    assert talk.said == ["engine.summary_change"]


def test_correcting_sets_answers_aside_that_no_longer_matter_and_brings_them_back() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:unpaid").says("3000元", "返回", "返回")
    talk.presses("o:trouble:late")
    assert talk.said == ["engine.set_aside(金额)"]
    assert talk.question.field == "effects"
    assert talk.presses("back:effects", "o:trouble:unpaid").question.field == "effects"
    assert talk.value("amount") == "3000.00"


def test_an_answer_set_aside_is_neither_shown_nor_filed() -> None:
    talk = (
        FormChat().presses("o:kind:complaint", "o:trouble:unpaid").says("3000元").presses("back:effects", "back:amount")
    )
    talk.presses("o:trouble:late").says("跳过", "跳过", "没有", "拖了三个月还没办好", "东街街道", "建设路18号")
    talk.says("跳过", "跳过", "13800138000").send(photo("a")).presses("done:papers")
    assert "amount" not in talk.summary
    assert "amount" not in [answer["field"] for answer in talk.presses("confirm").submitted["answers"]]


def test_cancel_is_asked_once() -> None:
    talk = at_trouble().says("取消")
    assert talk.presses("no:cancel").question.field == "trouble"
    assert talk.says("取消", "是的").step.form is None


def test_a_double_tap_on_cancel_does_not_cancel() -> None:
    talk = at_trouble().presses("cancel:", "cancel:")
    assert plain(talk.question.prompt, "zh_CN") == "engine.cancel_sure"


def test_an_answer_instead_of_yes_or_no_drops_the_side_question() -> None:
    talk = at_trouble().says("取消", "拖延")
    assert talk.value("trouble") == "late"


def test_restart_asks_everything_again_but_who_you_are() -> None:
    talk = FormChat().to_summary().says("重新开始").presses("yes:restart")
    assert talk.question.field == "kind"
    assert set(talk.form.answers) == {"phone"}


def test_the_language_changes_at_once_and_the_question_is_repeated() -> None:
    talk = at_trouble().says("English")
    assert talk.step.outputs[0] == SetLanguage("en")
    assert talk.form.language == "en"
    assert talk.question.field == "trouble"
    assert talk.send(Press(f"lang:{DRAFT[:4]}::zh_CN")).form.language == "zh_CN"


def test_a_human_takes_over_what_was_said_so_far() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("转人工")
    assert talk.step.form is None
    [output] = talk.step.outputs
    assert isinstance(output, HandOver)
    assert (output.reason, output.form["unclear"], output.form["title"]) == ("asked", True, "拖延")


def test_files_of_an_unfinished_question_are_handed_over_too() -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("b")).says("人工")
    [output] = talk.step.outputs
    assert isinstance(output, HandOver)
    assert len(output.form["attachments"]) == 2


def test_files_stay_when_another_answer_is_corrected_before_done() -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("b")).says("改电话", "13900139000")
    assert talk.summary["papers"] == "engine.files(2)"


def test_skip_after_sending_files_means_done() -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("b")).says("跳过")
    assert talk.summary["papers"] == "engine.files(2)"


@pytest.mark.parametrize(
    "command", ["o:trouble:nothing", "o:story:late", "confirm:", "nonsense", "o:::", "keep:trouble"]
)
def test_a_button_that_no_longer_fits_is_stale_politely(command: str) -> None:
    talk = at_trouble().presses(command)
    assert talk.said == ["engine.stale"]
    assert talk.question.field == "trouble"


def test_a_button_of_another_draft_is_stale() -> None:
    talk = at_trouble().send(Press("o:0000:trouble:late"))
    assert talk.said == ["engine.stale"]
    assert "trouble" not in talk.form.answers


def test_a_second_press_of_the_same_button_does_nothing() -> None:
    talk = at_trouble().presses("o:trouble:late")
    once = talk.form
    talk.presses("o:trouble:late")
    assert talk.step.outputs == ()
    assert talk.form == once


def test_confirming_twice_files_the_same_thing_under_the_same_draft() -> None:
    talk = FormChat().to_summary().presses("confirm:")
    first = talk.submitted
    assert talk.presses("confirm:").submitted == first
    assert talk.says("你好").submitted == first


def test_a_refused_filing_shows_the_summary_again_with_the_reason() -> None:
    talk = FormChat().to_summary().presses("confirm:")
    step = ENGINE.refused(RICH, talk.form, "地址太长", NOW)
    assert step.form is not None
    assert step.form.phase is Phase.CONFIRMING
    assert step.form.answers == talk.form.answers


def test_an_edited_message_answers_again_what_it_answered() -> None:
    talk = FormChat().to_summary().says("改经过", "拖了三个月没办好")
    talk.send(Text("拖了四个月没办好", edited=True))
    assert talk.value("story") == "拖了四个月没办好"
    assert talk.said == ["engine.edited(经过, 拖了四个月没办好)"]


def test_an_edit_corrects_the_answer_that_its_message_gave_and_no_other() -> None:
    talk = FormChat().to_summary()
    talk.says("改经过").send(Text("拖了三个月没办好", message="7/1"))
    talk.says("改电话").send(Text("13900139000", message="7/2"))
    talk.send(Text("拖了四个月没办好", edited=True, message="7/1"))
    assert talk.value("story") == "拖了四个月没办好"
    assert talk.value("phone") == "+8613900139000"


def test_an_edit_never_overwrites_what_was_answered_otherwise_since() -> None:
    talk = FormChat().to_summary()
    talk.says("改电话").send(Text("13900139000", message="7/1"))
    talk.says("改电话").send(SharedPhone("+8613700137000"))
    talk.send(Text("13900139001", edited=True, message="7/1"))
    assert talk.value("phone") == "+8613700137000"
    assert talk.said == ["engine.edit_how"]
    talk.says("改电话").send(Text("13900139002", message="7/2"))
    talk.send(Text("13900139003", edited=True, message="7/1"))
    assert talk.value("phone") == "+8613900139002"


def test_an_edit_that_is_no_answer_changes_nothing_and_says_how() -> None:
    talk = FormChat().to_summary().says("改电话", "13900139000").send(Text("啊", edited=True))
    assert talk.value("phone") == "+8613900139000"
    assert talk.said == ["engine.edit_not_taken(联系电话)"]


def test_an_edit_of_a_message_that_was_not_understood_answers_the_question() -> None:
    talk = at_trouble().says("稀里糊涂").send(Text("拖延", edited=True))
    assert talk.value("trouble") == "late"


def test_opening_the_conversation_again_goes_on() -> None:
    talk = at_trouble().send(Start())
    assert talk.said == ["engine.welcome_back"]
    assert talk.question.field == "trouble"


def test_every_button_fits_the_narrowest_channel() -> None:
    talk = FormChat()
    for row in (*talk.question.options, *talk.question.controls):
        for choice in row:
            assert len(choice.command.encode()) <= 64
    assert tagged("o:x:y").startswith("o:7f3a:")


def test_words_said_before_the_form_began_are_kept_with_it() -> None:
    form = ENGINE.keep(RICH, FormChat().form, "冰箱里头的肉都臭了", NOW)
    assert form.unplaced == ("冰箱里头的肉都臭了",)


def test_after_a_refused_filing_what_was_corrected_is_filed() -> None:
    talk = FormChat().to_summary().presses("confirm:")
    talk.step = ENGINE.refused(RICH, talk.form, "地址太长", NOW)
    talk.says("改地址", "人民路20号").presses("confirm:")
    assert talk.submitted["address"] == "人民路20号"


def test_who_does_not_cancel_has_declined_no_person() -> None:
    for talk in (at_trouble().says("取消").presses("no:cancel"), at_trouble().says("取消", "不是")):
        assert talk.question.field == "trouble"
        assert talk.form.misses.offers == 0
        assert talk.form.pending is Pending.NONE


def test_yes_and_no_are_pressed_for_what_they_say() -> None:
    asked = at_trouble().presses("o:trouble:late").says("跳过", "跳过")
    assert asked.question.field == "danger"
    assert asked.presses("o:danger:yes").value("danger") is True
    assert asked.presses("fix:danger", "o:danger:no").value("danger") is False


def test_an_edit_that_is_no_answer_offers_to_correct_what_it_gave() -> None:
    talk = FormChat().to_summary().says("改电话", "13900139000").send(Text("啊", edited=True))
    [said] = [output for output in talk.step.outputs if isinstance(output, Say)]
    assert [choice.command for row in said.choices for choice in row] == [tagged("fix:phone")]


def test_leaving_it_as_it_was_is_a_command_only_where_something_is_changed() -> None:
    talk = FormChat().to_summary().says("改经过", "不改了")
    assert talk.value("story") == "拖了三个月还没办好"
    assert "story" in talk.summary
    fresh = at_trouble().says("不改了")
    assert (fresh.question.field, fresh.form.misses.no_match) == ("trouble", 1)


def test_confirming_is_a_command_only_where_everything_is_answered() -> None:
    talk = at_trouble().says("确认")
    assert (talk.question.field, talk.form.misses.no_match) == ("trouble", 1)


def test_where_a_text_is_asked_for_the_name_of_a_later_question_is_no_command() -> None:
    at_story = at_trouble().presses("o:trouble:late").says("跳过", "跳过", "没有")
    assert at_story.question.field == "story"
    assert at_story.says("改联系电话").question.field != "phone"
    assert at_trouble().says("改联系电话").question.field == "phone"


def test_progress_counts_skipped_questions_too() -> None:
    talk = at_trouble().presses("o:trouble:late")
    done, of = talk.question.progress
    assert talk.says("跳过").question.progress == (done + 1, of)


def test_the_townships_of_a_county_are_asked_for_by_its_name() -> None:
    talk = at_trouble().presses("o:trouble:late").says("跳过", "跳过", "没有", "拖了三个月还没办好")
    talk.presses("o:district:chengguan")
    assert plain(talk.question.prompt, "zh_CN") == "engine.which_part(城关区)"
    talk.presses("back:district")
    assert talk.step.form is not None
    assert talk.step.form.partial == ()
    assert plain(talk.question.prompt, "zh_CN") == "哪个区？"


def test_what_belongs_to_no_question_has_its_own_line_with_its_own_button() -> None:
    talk = FormChat().send(photo("x")).says("冰箱里头的肉都臭了").to_summary()
    [shown] = [output for output in talk.step.outputs if isinstance(output, Summarise)]
    assert {line.command for line in shown.lines if not line.field} == {tagged("unfile:"), tagged("unsay:")}


def test_a_question_without_help_of_its_own_is_helped_by_its_type() -> None:
    talk = at_trouble().presses("o:trouble:late").says("跳过", "跳过", "也许吧这个")
    assert (talk.question.field, plain(talk.question.help or "", "zh_CN")) == ("danger", "engine.help.boolean")


def test_a_change_of_language_asks_the_side_question_again() -> None:
    talk = at_trouble().says("取消").send(Press(f"lang:{DRAFT[:4]}::en"))
    assert talk.form.pending is Pending.CANCEL
    assert plain(talk.question.prompt, "en") == "engine.cancel_sure"


def test_what_an_edit_would_correct_is_named_on_the_button() -> None:
    talk = FormChat().to_summary().says("改电话", "13900139000").send(Text("啊", edited=True))
    [said] = [output for output in talk.step.outputs if isinstance(output, Say)]
    assert [plain(choice.label, "zh_CN") for row in said.choices for choice in row] == ["engine.correct_it(联系电话)"]


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("改电话 13900139000", "phone", "139****9000"),
        ("改电话13900139000", "phone", "139****9000"),
        ("我要改电话，13900139000", "phone", "139****9000"),
        ("我想把电话改成13900139000", "phone", "139****9000"),
        ("电话错了，是13900139000", "phone", "139****9000"),
        ("打错了，电话係139 0013 9000", "phone", "139****9000"),
        ("phone is wrong, it is 13900139000", "phone", "139****9000"),
        ("改地址：人民路20号", "address", "人民路20号"),
        ("地址写错了，应该是人民路20号", "address", "人民路20号"),
    ],
)
def test_a_correction_may_say_what_is_right_at_once(said: str, field: str, value: str) -> None:
    talk = FormChat().to_summary().says(said)
    assert talk.summary[field] == value
    assert any(line.startswith("engine.noted(") for line in talk.said)
    assert not talk.form.unplaced


def test_a_correction_that_is_no_answer_is_asked_for_again() -> None:
    asked = FormChat().to_summary().says("改电话 139001").question
    assert asked.field == "phone"
    assert asked.problem


def test_a_correction_before_its_question_is_kept_and_the_present_one_asked_again() -> None:
    talk = at_trouble().says("电话改成13900139000")
    assert (talk.value("phone"), talk.question.field) == ("+8613900139000", "trouble")


def test_a_story_may_tell_of_something_changed() -> None:
    story = "改地址 跑了三趟，材料改成什么样都不行"
    assert FormChat().to_summary().says("改经过", story).value("story") == story
