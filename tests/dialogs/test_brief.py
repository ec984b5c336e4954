"""A question that was shown whole is not shown whole again and again: a line says how to go on, or to a person."""

from dialogs.chat import ChatMessage, present
from dialogs.stored_outputs import recall, remember
from tests.dialogs.city import FormChat

SHORT = (
    "菜市场后面",
    "上个礼拜三",
    "没得电",
    "冰箱里头的肉都臭了",
    "三千多块钱",
    "隔壁也是",
    "老人家受不了",
    "天天这样",
)


def shown(talk: FormChat) -> ChatMessage:
    return present(talk.step.outputs[-1], "zh_CN")[-1]


def labels(talk: FormChat) -> list[str]:
    return [button.label for row in shown(talk).rows for button in row]


def test_after_the_first_repeat_it_is_short_and_offers_a_person() -> None:
    talk = FormChat().presses("o:kind:complaint")
    whole = shown(talk.says(SHORT[0]))
    assert len(whole.rows) > 2
    talk.says(SHORT[1])
    assert labels(talk) == ["再看一遍问题", "转人工"]
    assert "不知道" in shown(talk).plain
    assert "出了什么问题" in whole.plain
    assert "出了什么问题" not in shown(talk).plain


def test_ten_messages_that_fit_nothing_bring_the_whole_question_once() -> None:
    talk = FormChat().presses("o:kind:complaint")
    walls = 0
    for text in SHORT:
        walls += len(shown(talk.says(text)).rows) > 2
    assert walls == 1


def test_the_whole_question_comes_back_when_it_is_wanted() -> None:
    talk = FormChat().presses("o:kind:complaint").says(*SHORT[:2])
    before = len(talk.question.options)
    again = talk.presses("repeat")
    assert not again.question.brief
    assert len(again.question.options) == before
    assert len(shown(again).rows) > 2


def test_the_story_cannot_be_left_to_a_person() -> None:
    talk = FormChat().to_summary().presses("fix:story").says("嗯", "啊")
    assert "不知道" not in shown(talk).plain


def test_it_is_short_too_when_the_answer_is_delivered_again() -> None:
    talk = FormChat().presses("o:kind:complaint").says(*SHORT[:2])
    assert recall(remember(talk.step.outputs)) == talk.step.outputs
