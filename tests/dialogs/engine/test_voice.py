"""What a channel that listens is told besides: how to say it, what may be heard, and what cannot be spoken."""

from backend.contract.message import Localized
from dialogs.outputs import Say
from tests.dialogs.city import FormChat


def test_a_question_is_said_otherwise_than_it_is_written() -> None:
    asked = FormChat().presses("o:kind:complaint").question
    assert isinstance(asked.prompt, Localized)
    assert isinstance(asked.spoken_help, Localized)
    assert (asked.prompt.best("zh_CN"), asked.prompt.spoken("zh_CN")) == ("出了什么问题？", "是欠款还是拖延？")
    assert asked.prompt.spoken("en") == "Is it about money or about time?"
    assert asked.spoken_help.spoken("zh_CN") == "比如说：欠款。"


def test_options_carry_what_may_be_heard_for_them() -> None:
    asked = FormChat().presses("o:kind:complaint").question
    unpaid, _, other = [choice for row in asked.options for choice in row]
    assert unpaid.phrases == ("没给钱", "owed")
    assert isinstance(other.label, Localized)
    assert (other.label.best("zh_CN"), other.label.spoken("zh_CN")) == ("其他", "都不是")


def test_ticked_options_may_still_be_heard() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late", "o:effects:wages")
    assert [choice.phrases for row in talk.question.options for choice in row] == [(), (), ()]


def test_yes_and_no_may_be_said_in_many_ways() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("跳过", "跳过")
    [[yes, no]] = talk.question.options
    assert "是的" in yes.phrases
    assert "没有" in no.phrases
    for phrase, value in [*((one, True) for one in yes.phrases), *((one, False) for one in no.phrases)]:
        assert talk.says("改有无危险", phrase).value("danger") is value


def test_districts_are_heard_by_all_their_names() -> None:
    talk = FormChat().to_summary().presses("fix:district")
    assert "城关区" in talk.question.options[0][0].phrases


def test_types_the_story_and_what_cannot_be_spoken_are_told() -> None:
    talk = FormChat().presses("o:kind:complaint")
    asked = {}
    for answer in ("拖延", "跳过", "跳过", "没有", "拖了三个月还没办好", "东街街道", "建设路18号", "跳过"):
        asked[talk.question.field] = talk.question
        talk.says(answer)
    assert (asked["trouble"].type, asked["since"].type) == ("choice", "date")
    assert [field for field, one in asked.items() if one.story] == ["story"]
    assert (asked["trouble"].defer, talk.question.defer) == ("", "link")


def test_openings_and_notes_are_said_otherwise_too() -> None:
    opening = FormChat().step.outputs[1]
    assert isinstance(opening, Say)
    assert isinstance(opening.text, Localized)
    assert opening.text.spoken("zh_CN") == "停电请打供电热线。"
    told = FormChat().presses("o:kind:complaint", "o:trouble:unpaid").says("二十万").step.outputs[1]
    assert isinstance(told, Say)
    assert isinstance(told.text, Localized)
    assert told.text.spoken("en") == "Legal aid helps."


def test_words_are_said_as_written_where_nothing_else_is_given() -> None:
    assert Localized({"zh": "字", "en": "word"}).spoken("en") == "word"
    assert Localized({"zh": "字"}).spoken("en") == "字"
