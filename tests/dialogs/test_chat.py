"""Actions as chat messages."""

from backend.contract.message import Localized, Message
from dialogs.chat import ChatButton, ChatMessage, present
from dialogs.outputs import Ask, Button, Expect, Say, SetLanguage, Submit, Summarise, SummaryLine
from dialogs.wording import Span

PROMPT = Localized({"zh": "哪天开始的？", "en": "Since when?"})
TODAY = Button(Localized({"zh": "今天", "en": "Today"}), "o:1:date:today")


def shown(output: Say | Ask | Summarise, language: str = "zh_CN") -> ChatMessage:
    (message,) = present(output, language)
    return message


def test_a_text_without_buttons_expects_nothing() -> None:
    message = shown(Say("您好", topic="261122000013", attachments=("a1",)))
    assert message == ChatMessage((Span("您好"),), topic="261122000013", attachments=("a1",))


def test_buttons_are_worded_and_empty_rows_left_out() -> None:
    message = shown(Say("选一个", ((TODAY,), ())), "en")
    assert message.rows == ((ChatButton("Today", "o:1:date:today"),),)
    assert (message.keyboard, message.expects) == ("inline", Expect.CHOICE)


def test_a_question_stands_out_and_tells_how_far_we_are() -> None:
    message = shown(Ask("since", PROMPT, Expect.DATE, progress=(2, 9)))
    assert message.text == (Span("哪天开始的？", bold=True), Span("（2/9）"))
    assert message.keyboard == "none"


def test_a_mistake_is_told_before_the_question_and_help_after_it() -> None:
    ask = Ask("since", PROMPT, Expect.DATE, help="例如 3月5日", problem="没看明白", options=((TODAY,),))
    assert shown(ask).plain == "没看明白\n\n哪天开始的？\n\n例如 3月5日"
    assert not shown(ask).replaces


def test_a_choice_asked_again_may_replace_its_buttons_in_place() -> None:
    assert shown(Ask("since", PROMPT, Expect.CHOICE, options=((TODAY,),))).replaces
    assert not shown(Ask("since", PROMPT, Expect.TEXT)).replaces


def test_a_phone_number_can_be_shared_and_the_controls_stay() -> None:
    message = shown(Ask("phone", PROMPT, Expect.PHONE, controls=((TODAY,),)))
    assert message.keyboard == "share_phone"
    assert message.share == "发送我的手机号"
    assert message.hint
    assert message.rows == ((ChatButton("今天", "o:1:date:today"),),)
    assert shown(Ask("place", PROMPT, Expect.LOCATION)).keyboard == "share_location"


def test_a_summary_lists_the_answers_and_lets_each_be_corrected() -> None:
    lines = tuple(SummaryLine(f"f{n}", f"第{n}项", f"答{n}", f"fix:1:f{n}") for n in (1, 2, 3))
    message = shown(Summarise("停电", lines, ((Button("提交", "confirm:1:"),),)))
    assert message.plain == "停电\n\n第1项：答1\n第2项：答2\n第3项：答3"
    assert [[button.label for button in row] for row in message.rows] == [["提交"], ["改第1项", "改第2项"], ["改第3项"]]
    assert message.rows[1][0].command == "fix:1:f1"


def test_what_the_conversation_does_itself_shows_nothing() -> None:
    assert present(Submit("d", {}), "zh_CN") == ()
    assert present(SetLanguage("en"), "zh_CN") == ()


def test_a_message_of_the_catalogue_keeps_its_emphasis_in_a_question() -> None:
    message = shown(Ask("", Message("progress.ask_number"), Expect.DIGITS))
    assert message.text == (Span("请发工单编号。", bold=True),)
