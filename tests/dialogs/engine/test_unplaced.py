"""Words that fit no question are not lost: they go with whatever becomes of the form."""

import pytest

from backend.contract.message import Message
from backend.contract.models.filing import NewTicket
from dialogs.events import Media, Press, Upload
from dialogs.outputs import HandOver, Summarise
from tests.dialogs.city import ENGINE, NOW, FormChat, file_id, photo, plain
from tests.dialogs.incomplete import Refill, broken_off

SHORT = ("菜市场后面那条巷子", "上个礼拜三", "没得电", "冰箱里头的肉都臭了", "三千多块钱")


def handed(talk: FormChat) -> NewTicket:
    [output] = [one for one in talk.step.outputs if isinstance(one, HandOver)]
    return NewTicket.model_validate(output.form)


def said_besides(talk: FormChat) -> list[str]:
    [shown] = [one for one in talk.step.outputs if isinstance(one, Summarise)]
    return [plain(one.shown, "zh_CN") for one in shown.lines if one.label == Message("engine.also_said")]


def test_short_messages_that_answer_nothing_are_the_story_at_a_hand_over() -> None:
    talk = FormChat().presses("o:kind:complaint").says(*SHORT, "转人工")
    assert handed(talk).story == "\n".join(SHORT)


def test_they_stand_below_a_story_that_was_told() -> None:
    talk = FormChat().to_summary().presses("fix:trouble").says(*SHORT[:2], "转人工")
    assert handed(talk).story == f"拖了三个月还没办好\n\nengine.also_said_below({SHORT[0]}\n{SHORT[1]})"


def test_words_that_say_nothing_are_not_kept() -> None:
    assert FormChat().says("啦啦啦", "asdfgh", "菜市场后面那条巷子", "测试").form.unplaced == ("菜市场后面那条巷子",)


def test_a_caller_who_is_gone_leaves_them_too() -> None:
    talk = FormChat().presses("o:kind:complaint").says(*SHORT[:2])
    [output] = [one for one in ENGINE.hand_over(talk.scenario, talk.form, NOW).outputs if isinstance(one, HandOver)]
    assert (output.reason, output.form["story"]) == ("gone", "\n".join(SHORT[:2]))


def test_who_said_nothing_else_has_said_something() -> None:
    assert not FormChat().form.has_own_words
    assert FormChat().says(SHORT[0]).form.has_own_words


def test_they_are_shown_before_filing_and_filed() -> None:
    talk = FormChat().says(*SHORT[:2]).to_summary()
    assert said_besides(talk) == [f"{SHORT[0]}；{SHORT[1]}"]
    filed = NewTicket.model_validate(talk.presses("confirm").submitted)
    assert filed.story.endswith(f"engine.also_said_below({SHORT[0]}\n{SHORT[1]})")


def test_what_is_typed_at_the_summary_is_kept_too() -> None:
    talk = FormChat().to_summary().says("还有冰箱里头的肉都臭了")
    assert said_besides(talk) == ["还有冰箱里头的肉都臭了"]
    assert said_besides(FormChat().to_summary().send(photo("b", caption="这是臭掉的肉"))) == ["这是臭掉的肉"]


def test_an_answer_that_is_sent_once_more_is_no_other_words() -> None:
    """The bot was away for a moment, and the person sent the same again."""
    talk = FormChat().to_summary()
    again = talk.form.answers["trouble"].value
    assert said_besides(talk.says(again)) == []
    assert said_besides(talk.says("还有别的")) == ["还有别的"]


def test_they_can_be_dropped() -> None:
    talk = FormChat().says(SHORT[0]).to_summary().presses("unsay")
    assert talk.said == ["engine.words_dropped"]
    assert said_besides(talk) == []
    assert talk.presses("confirm").submitted["story"] == "拖了三个月还没办好"


def test_what_the_story_says_by_now_is_not_said_twice() -> None:
    assert said_besides(FormChat().says("三个月").to_summary()) == []


def test_a_message_sent_twice_is_kept_once_and_signs_are_not_words() -> None:
    assert FormChat().says("没得电", "没得电", "？？").form.unplaced == ("没得电",)


def test_a_mistyped_number_of_ones_own_has_no_place_in_a_story() -> None:
    talk = FormChat().to_summary().presses("fix:phone").says("1380013800")
    assert talk.form.misses.total == 1
    assert talk.form.unplaced == ()


def test_the_caption_of_a_file_that_is_not_taken_is_kept() -> None:
    talk = FormChat().to_summary().presses("fix:papers")
    empty = Media((Upload(file_id("v"), "photo", "image/jpeg", 0, "v"),), "门口的样子")
    assert talk.send(empty).form.unplaced == ("门口的样子",)


def test_what_a_seat_mistypes_is_no_part_of_somebody_elses_story() -> None:
    refill = Refill(broken_off(FormChat().presses("o:kind:complaint")))
    assert refill.says("喵").form.unplaced == ()


@pytest.mark.parametrize("text", ["跳过", "上一步", "帮助", "完成", "嗯", "好的"])
def test_a_command_is_no_such_word(text: str) -> None:
    assert FormChat().says(text).form.unplaced == ()


def test_starting_over_forgets_them() -> None:
    assert FormChat().says(SHORT[0], "重来", "好").form.unplaced == ()
    assert FormChat().send(Press("x")).form.unplaced == ()


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("trouble", "拖延，窗口说领导不在", "late"),
        ("effects", "客人少咗好多，丢了订单", ["orders"]),
        ("effects", "客人少咗好多 丢了订单", ["orders"]),
        ("since", "上周三，一到晚上就不行", "2026-11-11"),
        ("danger", "有，电线掉下来冒火花", True),
    ],
)
def test_what_an_answer_says_besides_is_kept(field: str, text: str, value: object) -> None:
    talk = FormChat().to_summary().presses(f"fix:{field}").says(text)
    assert talk.value(field) == value
    assert said_besides(talk) == [text]


def test_what_was_left_out_of_a_text_is_kept() -> None:
    text = "停了一上午了，建设路18号，快派人来"
    talk = FormChat().to_summary().presses("fix:address").says(text)
    assert talk.value("address")["text"] == "建设路18号"
    assert said_besides(talk) == [text]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("trouble", "拖延，谢谢"),
        ("effects", "1、3"),
        ("effects", "发不出工资、丢了订单"),
        ("danger", "对，没错"),
        ("since", "上周三。"),
    ],
)
def test_an_answer_that_says_nothing_besides_is_only_that(field: str, text: str) -> None:
    talk = FormChat().to_summary().presses(f"fix:{field}").says(text)
    assert said_besides(talk) == []
