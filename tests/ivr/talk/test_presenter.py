"""What a caller hears of each output, and what they may press and say then."""

from dataclasses import replace

import pytest

from backend.contract.message import Localized, Message
from dialogs.outputs import Ask, Button, Expect, Output, Say, Summarise, SummaryLine
from ivr.talk.options import MORE
from ivr.talk.presented import Presented, View
from ivr.talk.presenter import GO_ON, present
from ivr.talk.prompt import Clip, caption
from ivr.talk.question import HUMAN, REPEAT
from ivr.talk.summary import AS_IT_IS, CORRECT, EVERYTHING
from ivr.talk.wording import Spoken
from tests.built_in import built_in_scenarios

ZH = Spoken("zh_CN")
SEEN = View()


def words(zh: str) -> Localized:
    return Localized({"zh": zh, "en": "x"})


def options(count: int) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        (Button(words(f"第{sign}样东西"), f"o:t:f:{number}"),)
        for number, sign in enumerate("甲乙丙丁戊己庚辛壬癸"[:count])
    )


CONTROLS = tuple(
    (Button(Message(f"engine.control.{verb}"), f"{verb}:t:f"),) for verb in ("skip", "back", "help", "human", "cancel")
)
ASK = Ask("f", words("是哪一样？"), Expect.CHOICE, options=options(3), controls=CONTROLS, type="choice")
OPEN = replace(ASK, options=(), expect=Expect.TEXT, type="text")
SUMMARY = Summarise(
    words("事项"),
    (
        SummaryLine("name", words("名称"), "老街面馆", "fix:t:name"),
        SummaryLine("phone", words("联系电话"), "138****8000", "fix:t:phone"),
        SummaryLine("photo", words("照片"), Message("engine.left_to_link"), "fix:t:photo"),
        SummaryLine("story", words("情况"), "很长的一段话" * 10, "fix:t:story"),
        SummaryLine("", words("其他"), "两个文件", "unfile:t"),
    ),
    tuple((Button("x", f"{verb}:t:"),) for verb in ("confirm", "back", "restart", "cancel")),
)


def shown(*outputs: Output, view: View = SEEN) -> Presented:
    return present(outputs, ZH, view)


def keys_of(presented: Presented) -> dict[str, str]:
    assert presented.question is not None
    return {key: choice.means for key, choice in presented.question.by_key.items()}


def phrases_of(presented: Presented, means: str) -> tuple[str, ...]:
    assert presented.question is not None
    return next(choice.phrases for choice in presented.question.choices if choice.means == means)


def heard(presented: Presented) -> str:
    return caption((*presented.said, *presented.prompt), "zh_CN")


def test_options_have_keys_and_the_ways_round_too() -> None:
    assert keys_of(shown(ASK)) == {"1": "o:t:f:0", "2": "o:t:f:1", "3": "o:t:f:2", "#": "skip:t:f", "9": "back:t:f"}
    assert {"第一个", "第甲样东西"} <= set(phrases_of(shown(ASK), "o:t:f:0"))
    assert "转人工" in phrases_of(shown(ASK), HUMAN)
    assert "再说一遍" in phrases_of(shown(ASK), REPEAT)


def test_many_options_are_paged_and_any_can_be_said() -> None:
    many = replace(ASK, options=options(10))
    first, second, third = (shown(many, view=View(page=page)) for page in range(3))
    assert keys_of(first)["8"] == keys_of(second)["8"] == MORE
    assert keys_of(second)["1"] == "o:t:f:7"
    assert "第癸样东西" in phrases_of(first, "o:t:f:9")
    assert third.prompt == ()


@pytest.mark.parametrize(
    ("kind", "entry"),
    [("number", "amount"), ("money", "amount"), ("date", "date"), ("phone", "digits"), ("text", None)],
)
def test_open_questions_are_keyed_spoken_or_recorded(kind: str, entry: str | None) -> None:
    presented = shown(replace(OPEN, type=kind))
    assert presented.question is not None
    assert (presented.question.entry.values if presented.question.entry else None) == entry
    assert (presented.question.recording is None) == (entry is not None)


def test_who_answers_by_keys_is_told_where_to_speak() -> None:
    assert "请直接说，会录下来" in heard(shown(OPEN, view=View(hears=False)))
    assert "请直接说，会录下来" not in heard(shown(OPEN))


def test_nine_is_a_number_where_numbers_are_asked_for() -> None:
    assert "9" not in keys_of(shown(replace(OPEN, type="number")))
    assert "9" in keys_of(shown(replace(OPEN, type="date")))


@pytest.mark.parametrize(
    ("kind", "defer", "to"),
    [
        ("text", "seat", "seat"),
        ("text", "link", "link"),
        ("uscc", "", "seat"),
        ("attachment", "", "link"),
        ("text", "", ""),
    ],
)
def test_what_cannot_be_spoken_is_put_off_unasked(kind: str, defer: str, to: str) -> None:
    presented = shown(replace(OPEN, type=kind, defer=defer))
    assert presented.defer == to
    assert (presented.question is None) == bool(to)


def test_what_the_template_wants_keyed_is_not_recorded() -> None:
    question = shown(replace(OPEN, defer="keys")).question
    assert question is not None
    assert question.entry is not None
    assert not question.entry.by_voice


def test_the_ladder() -> None:
    ask = replace(ASK, spoken_help=words("比如甲。"))
    full, short, keys = (heard(shown(ask, view=View(tried=tried))) for tried in range(3))
    assert full.startswith("是哪一样？第甲样东西，第乙样东西")
    assert short.startswith("是哪一样？比如甲。第甲样东西请按一。")
    assert keys.startswith("比如甲。请按键选择。第甲样东西请按一。")
    by_keys = heard(shown(ask, view=View(tried=1, hears=False)))
    assert "比如甲" not in by_keys  # an example of what to say helps nobody who cannot


def test_hints_and_the_way_past_come_when_they_help() -> None:
    assert "重听按星号" in heard(shown(ASK, view=View(hints=True)))
    assert "重听按星号" not in heard(shown(ASK))
    assert "没有就按井号" in heard(shown(ASK))
    assert "没有就按井号" not in heard(shown(ASK, view=View(tried=1)))
    assert "没有就按井号" not in heard(shown(replace(ASK, controls=CONTROLS[1:])))


def test_a_phrase_is_the_whole_of_a_composed_label() -> None:
    ticked = Button(Message("engine.ticked", {"option": words("合同")}), "untick:t:f:1")
    assert phrases_of(shown(replace(ASK, options=((ticked,),))), "untick:t:f:1")[:1] == ("去掉合同",)


def test_places_are_known_without_what_they_are() -> None:
    place = Button(words("城东区"), "o:t:f:c")
    assert "城东" in phrases_of(shown(replace(ASK, options=((place,),), type="district")), "o:t:f:c")


def test_a_new_number_is_said_twice_with_what_is_still_to_come() -> None:
    said = Say(Message("form.filed", {"number": "261123000017"}))
    presented = shown(said, view=View(put_off=frozenset({"link"})))
    assert heard(presented).count("二六幺幺 二三零零 零零幺七") == 2
    assert "以后在网上补" in heard(presented)
    assert presented.question is None


def test_what_only_a_chat_shows_is_not_said() -> None:
    for key in ("menu.choose", "engine.file_kept"):
        assert shown(Say(Message(key, {"count": 1}))).said == ()


def test_buttons_that_lead_elsewhere_make_no_question() -> None:
    assert shown(Say("好的。", ((Button("x", "menu"), Button("y", "files:261123000017")),))).question is None


def test_a_rating_is_asked_for_and_need_not_be_given() -> None:
    grades = tuple(Button(Message(f"rate.{one}"), f"grade:1:{one}") for one in ("satisfied", "dissatisfied"))
    presented = shown(Say("办得怎么样？", (grades, (Button("x", "menu"),))))
    assert presented.optional
    assert keys_of(presented) == {"1": "grade:1:satisfied", "2": "grade:1:dissatisfied", "#": GO_ON}


def test_the_read_back_says_what_is_worth_hearing() -> None:
    read = heard(shown(SUMMARY))
    assert "名称，老街面馆" in read
    assert "联系电话，尾号是八零零零" in read
    assert "照片" not in read
    assert "情况，已经记下" in read
    assert "两个文件" not in read
    assert keys_of(shown(SUMMARY)) == {"1": "confirm:t:", "2": CORRECT, "3": "cancel:t:", "4": EVERYTHING}
    assert {"改联系电话", "联系电话"} <= set(phrases_of(shown(SUMMARY), "fix:t:phone"))


def test_recordings_are_played_back_or_named() -> None:
    clip = Clip(b"\0\0", "老街")
    presented = shown(SUMMARY, view=View(recorded={"name": clip, "story": None}))
    assert clip in presented.prompt
    assert "情况，已经录音" in heard(presented)


def test_what_to_correct_is_chosen_from_what_was_given() -> None:
    presented = shown(SUMMARY, view=View(correcting=True))
    assert keys_of(presented) == {"1": "fix:t:name", "2": "fix:t:phone", "3": "fix:t:story", "9": AS_IT_IS}


@pytest.mark.parametrize(
    "message",
    [
        *(Message(key, {"text": "几点停的电"}) for key in ("ticket.asked", "answer.ask", "add.is_it_the_answer")),
        *(Message(key) for key in ("answer.done", "add.done", "add.which_answer")),
        *(Message(f"ivr.out.{key}") for key in ("question", "completed")),
    ],
    ids=lambda message: message.key,
)
def test_a_question_or_an_answer_may_be_the_desks_as_well_as_a_units(message: Message) -> None:
    assert "单位" not in caption(ZH.speech(message), "zh_CN")
    assert "department" not in caption(Spoken("en").speech(message), "en")


def test_the_help_of_a_question_advises_the_same_by_phone_as_in_a_chat() -> None:
    """Whoever is not sure is sent to no option in particular: the first of the kinds is a mere question."""
    for scenario in built_in_scenarios().values():
        for question in scenario.questions:
            spoken = question.spec.voice.help
            assert spoken is None or "选第一个" not in spoken.zh, question.place
