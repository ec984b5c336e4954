"""What is probably meant is asked back: a yes takes it, a no asks again, another answer takes its place."""

from tests.dialogs.city import FormChat, plain

LIKELY = "不到20万"


def at_amount() -> FormChat:
    return FormChat().presses("o:kind:complaint", "o:trouble:unpaid")


def asked(talk: FormChat) -> str:
    return plain(talk.question.prompt, "zh_CN")


def test_a_likely_answer_is_asked_back_and_not_taken() -> None:
    talk = at_amount().says(LIKELY)
    assert asked(talk) == "engine.meant_sure(field.money.shown(200,000))"
    assert "amount" not in talk.form.answers
    assert talk.form.misses.total == 0


def test_a_yes_takes_it() -> None:
    talk = at_amount().says(LIKELY, "对")
    assert talk.value("amount") == "200000.00"
    assert at_amount().says(LIKELY).presses("yes:meant").value("amount") == "200000.00"


def test_a_no_asks_again() -> None:
    talk = at_amount().says(LIKELY, "不是")
    assert talk.question.field == "amount"
    assert "amount" not in talk.form.answers
    assert talk.form.misses.total == 1


def test_another_answer_takes_its_place() -> None:
    assert at_amount().says(LIKELY, "十八万").value("amount") == "180000.00"


def test_who_says_the_same_again_means_it() -> None:
    assert at_amount().says(LIKELY, "就是不到20万嘛").value("amount") == "200000.00"


def test_what_was_meant_once_is_not_what_a_later_question_means() -> None:
    talk = at_amount().says(LIKELY, "对").presses("fix:amount").says("不到20万")
    assert asked(talk) == "engine.meant_sure(field.money.shown(200,000))"
