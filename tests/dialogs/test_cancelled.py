"""A cancelled form is not lost at once: it is offered back for a day, and gone after that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town

BACK = "找回：停电、电压不稳"


async def cancelled(town: Town, name: str = "4711") -> Chat:
    chat = await town.enterprise(name).starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.says("取消")
    return await chat.presses("是")


async def test_it_is_offered_back_and_goes_on_where_it_was(town: Town) -> None:
    chat = await cancelled(town)
    assert "什么都没有提交" in chat.text
    assert BACK in chat.labels
    await chat.presses(BACK)
    assert "已保存：用电问题" in chat.text
    assert "跳闸" not in chat.fresh[-1].plain  # answered already
    await chat.sends("menu")
    assert "继续填写：停电、电压不稳" in chat.labels


async def test_it_is_not_offered_any_more_after_a_day(town: Town) -> None:
    chat = await cancelled(town)
    chat.now += timedelta(hours=23)
    await chat.sends("menu")
    assert BACK in chat.labels
    chat.now += timedelta(hours=1, minutes=1)
    await chat.sends("menu")
    assert BACK not in chat.labels


async def test_a_form_with_nothing_in_it_is_simply_gone(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.says("取消")
    await chat.presses("是")
    assert BACK not in chat.labels


async def test_after_a_lost_session_it_is_offered_and_never_reopened_by_itself(town: Town) -> None:
    chat = await cancelled(town)
    await town.drafts.flush()
    town.sessions._kept.clear()  # type: ignore[union-attr]
    await chat.says("没有")
    assert "停电、电压不稳" not in chat.text
    await chat.sends("menu")
    assert BACK in chat.labels


@pytest.mark.parametrize("said", ["我又回来了，刚才那个接着弄", "回来了，刚才填的还在吗", "继续填停电那个"])
async def test_who_comes_back_in_words_goes_on_where_it_was(town: Town, said: str) -> None:
    chat = await cancelled(town)
    await chat.says(said)
    assert "已保存：用电问题" in chat.text


async def test_who_goes_on_in_an_open_form_says_no_answer(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("反复停电跳闸")
    question = chat.fresh[-1].plain
    await chat.says("我来了，继续刚才")
    assert chat.fresh[-1].plain == question


async def test_a_form_begun_by_mistake_gives_way_to_the_one_before(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.starts("unpaid-invoice")
    await chat.says("不是啊，回到刚才那个")
    assert "停电、电压不稳" in chat.text
    assert "已保存：用电问题" in chat.text
