"""Where words are as well an answer as a wish, one short question decides."""

import dataclasses

from dialogs.engine import Step
from dialogs.events import Text
from dialogs.form import Pending
from dialogs.outputs import Ask
from dialogs.understanding import Intent, Wish, read
from tests.dialogs.city import ENGINE, NOW, FormChat, plain

WORDS = "下一站咖啡馆门口"


def at_address() -> FormChat:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("跳过", "跳过", "没有")
    return talk.says("拖了三个月还没办好", "东街街道")


def says_perhaps(talk: FormChat, wish: Wish, text: str = WORDS) -> FormChat:
    """Says what was read as perhaps this wish."""
    reading = read(text, ENGINE.context(talk.scenario, talk.form, NOW, "chat"))
    unsure = dataclasses.replace(reading, intent=Intent(wish, sure=False))
    talk.step = ENGINE.step(talk.scenario, talk.form, Text(text), NOW, unsure)
    return talk


def asked(step: Step) -> str:
    return "".join(plain(one.prompt, "zh_CN") for one in step.outputs if isinstance(one, Ask))


def test_it_is_asked_and_nothing_is_taken() -> None:
    talk = says_perhaps(at_address(), Wish.BACK)
    assert asked(talk.step) == "engine.wish_sure(engine.control.back)"
    assert "address" not in talk.form.answers
    assert talk.form.misses.total == 0


def test_a_yes_does_what_is_wanted() -> None:
    talk = says_perhaps(at_address(), Wish.BACK).says("对")
    assert talk.question.field == "district"
    assert says_perhaps(at_address(), Wish.BACK).presses("yes:wish").question.field == "district"


def test_a_no_takes_the_answer() -> None:
    talk = says_perhaps(at_address(), Wish.BACK).says("不是")
    assert talk.value("address")["text"] == WORDS
    assert talk.form.pending is Pending.NONE


def test_what_is_said_instead_is_read_anew() -> None:
    talk = says_perhaps(at_address(), Wish.HUMAN).says("建设路18号")
    assert talk.value("address")["text"] == "建设路18号"


def test_who_says_the_wish_again_means_it() -> None:
    talk = says_perhaps(at_address(), Wish.BACK)
    assert says_perhaps(talk, Wish.BACK, "退回去一题").question.field == "district"


def test_words_that_are_no_answer_are_the_wish() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:unpaid")
    assert says_perhaps(talk, Wish.BACK, "往回一下").question.field == "trouble"
