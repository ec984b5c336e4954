"""Who quotes an earlier question answers that one: of the open form, of another form, of a unit."""

from __future__ import annotations

from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import ask, file


async def test_a_quoted_question_of_the_form_is_answered_anew(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    problem = chat.asked
    await chat.presses("反复停电跳闸")
    await chat.quotes(problem, "电压不稳")
    assert "现场有没有危险" in chat.text


async def test_words_that_do_not_answer_the_quoted_question_leave_its_answer(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    problem = chat.asked
    await chat.presses("反复停电跳闸")
    await chat.quotes(problem, "天上的云")
    assert "没看明白" in chat.text
    assert "反复停电跳闸" in chat.text


async def test_a_quote_of_a_form_that_was_put_aside_takes_it_up(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("反复停电跳闸")
    first = chat.asked
    await chat.starts("other")
    assert first != chat.asked
    await chat.quotes(first, "城东区")
    await chat.sends("menu")
    assert "继续填写：停电、电压不稳" in chat.labels


async def test_a_quote_of_what_is_over_answers_nothing_else(town: Town) -> None:
    chat = town.enterprise()
    await chat.starts("power-cut")
    over = chat.asked
    await chat.says("取消")
    await chat.presses("是")
    await chat.starts("other")
    await chat.quotes(over, "求助")
    assert "已经结束" in chat.text


async def test_a_quoted_notice_of_a_unit_s_question_is_answered(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await ask(town, number, "总表是谁的？")
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    [question] = ticket.open_questions
    await chat.quotes(f"answer:{number}:{question.id}", "总表是房东的")
    await chat.presses("发完了")
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert [one.answer for one in ticket.questions] == ["总表是房东的"]
