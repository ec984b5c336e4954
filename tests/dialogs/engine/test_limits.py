"""Mistakes are counted, a human is offered, and nothing loops for ever."""

from dialogs.events import Event, Rejected, Silence, Text, Unsupported
from dialogs.form import Pending
from dialogs.outputs import Ask, HandOver
from tests.dialogs.city import FormChat, plain

WRONG = Text("啦啦啦")


def after(*events: Event) -> FormChat:
    return FormChat().presses("o:kind:complaint").send(*events)


def offered(talk: FormChat) -> bool:
    return talk.form.pending is Pending.HUMAN and plain(talk.question.prompt, "zh") == "engine.offer_human"


def test_three_wrong_answers_bring_the_offer() -> None:
    assert not offered(after(WRONG, WRONG))
    assert offered(after(WRONG, WRONG, WRONG))


def test_three_silences_bring_the_offer() -> None:
    assert not offered(after(Silence(), Silence()))
    assert offered(after(Silence(), Silence(), Silence()))


def test_four_of_both_together_bring_the_offer() -> None:
    assert not offered(after(WRONG, Silence(), WRONG))
    assert offered(after(WRONG, Silence(), WRONG, Silence()))


def test_an_answer_starts_the_count_anew() -> None:
    assert not offered(after(WRONG, WRONG, Text("拖延"), WRONG))


def test_help_comes_with_each_mistake() -> None:
    talk = after(WRONG)
    assert plain(talk.question.help or "", "zh") == "帮助一"
    assert talk.question.attempt == 1
    assert talk.question.problem is not None


def test_the_offer_can_be_taken_or_left() -> None:
    talk = after(WRONG, WRONG, WRONG).presses("no:human")
    assert talk.question.field == "trouble"
    assert talk.form.misses.total == 0
    talk = after(WRONG, Silence(), WRONG, Silence()).presses("yes:human")
    [output] = talk.step.outputs
    assert isinstance(output, HandOver)
    assert output.reason == "mixed"


def test_an_answer_to_the_question_also_leaves_the_offer() -> None:
    assert after(WRONG, WRONG, WRONG, Text("拖延")).value("trouble") == "late"


def test_silence_at_the_offer_hands_over() -> None:
    talk = after(Silence(), Silence(), Silence(), Silence())
    [output] = talk.step.outputs
    assert isinstance(output, HandOver)
    assert output.reason == "no_input"


def test_words_that_are_no_answer_never_become_a_ticket_by_themselves() -> None:
    talk = FormChat().send(*[WRONG] * 50)
    assert talk.form.misses.offers == 2  # a person was offered twice; after that a button is enough
    assert [button.command.partition(":")[0] for row in talk.question.brief for button in row] == ["repeat", "human"]


def test_endless_silence_ends_with_a_human() -> None:
    """By voice: who hears nothing and says nothing cannot press a button for one either."""
    talk, count = FormChat(), 0
    while talk.step.form is not None and count < 50:
        talk.send(WRONG if count < 7 else Silence())
        count += 1
    assert any(isinstance(output, HandOver) for output in talk.step.outputs)


def test_a_refused_file_is_explained_and_not_counted() -> None:
    talk = after(*(Rejected("attachment-too-large") for _ in range(5)))
    assert plain(talk.question.problem or "", "zh") == "engine.rejected.attachment-too-large"
    assert talk.form.misses.total == 0


def test_a_sticker_is_answered_with_what_is_wanted() -> None:
    talk = after(Unsupported("sticker"))
    [asked] = [output for output in talk.step.outputs if isinstance(output, Ask)]
    assert plain(asked.problem or "", "zh") == "engine.wanted.choice"


def test_the_offer_comes_with_what_was_wrong_and_is_declined_once() -> None:
    talk = after(WRONG, WRONG)
    problem = talk.question.problem
    assert problem is not None
    talk.send(WRONG)
    assert plain(problem, "zh_CN") in [plain(one, "zh_CN") for one in map(str, talk.said)]
    for declined in (talk.presses("no:human"), after(WRONG, WRONG, WRONG, Text("不用"))):
        assert declined.form.misses.offers == 1


def test_a_story_that_says_nothing_is_asked_for_again() -> None:
    talk = FormChat().presses("o:kind:complaint", "o:trouble:late").says("跳过", "跳过", "没有", "哈哈哈哈")
    assert (talk.question.story, plain(talk.question.problem or "", "zh")) == (True, "engine.says_nothing")
    assert talk.form.unplaced == ()
