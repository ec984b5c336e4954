"""No ticket without consent: a yes at the summary, or somebody who wants a person and says what it is about."""

from __future__ import annotations

import pytest

from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town


async def tickets(town: Town, chat: Chat) -> list[str]:
    client = town.backend.client.acting_as(chat.person.key)
    return [one.number for one in (await client.list_tickets()).items]


async def story(town: Town, chat: Chat) -> str:
    client = town.backend.client.acting_as(chat.person.key)
    [number] = await tickets(town, chat)
    return (await client.view_ticket(number)).story


async def test_words_that_fit_no_question_never_file_a_ticket(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    for at in range(30):
        await chat.says(f"没头没脑的话{at}")
    assert await tickets(town, chat) == []
    assert "转人工" in " ".join(chat.labels)


@pytest.mark.parametrize("nothing", ["哈哈哈哈", "asdfgh", "测试", "？？？"])
async def test_who_wants_a_person_and_says_nothing_is_asked_what_it_is_about(town: Town, nothing: str) -> None:
    chat = await town.enterprise().starts()
    await chat.says("转人工")
    await chat.says(nothing)
    assert "一句话" in chat.text
    assert await tickets(town, chat) == []
    await chat.says("邻居烧烤油烟太大")
    await chat.says("跳过")
    assert await story(town, chat) == "邻居烧烤油烟太大"


async def test_who_wants_a_person_in_a_form_without_a_word_is_asked_for_one_and_keeps_the_form(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("现在停着电")
    await chat.says("转人工")
    assert "一句话" in chat.text
    assert await tickets(town, chat) == []
    await chat.says("整条街都没电")
    await chat.says("13812345678")
    client = town.backend.client.acting_as(chat.person.key)
    [number] = await tickets(town, chat)
    ticket = await client.view_ticket(number)
    assert (ticket.scenario, ticket.story) == ("power-cut", "整条街都没电")
    assert ((await client.view_contact()).phone or "").endswith("5678")
    assert "phone" not in [one.field for one in ticket.answers if one.is_open]


async def test_who_does_not_want_a_person_after_all_goes_on_with_the_form(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    asked = chat.fresh[-1].plain
    await chat.says("转人工")
    await chat.presses("取消")
    assert chat.fresh[-1].plain == asked


async def test_a_photo_alone_is_no_matter_for_a_person(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.sends_file("0b9f2a0e-0000-4000-8000-000000000001")
    await chat.says("转人工")
    assert "一句话" in chat.text
    assert await tickets(town, chat) == []


async def test_words_that_say_nothing_are_not_offered_as_a_matter(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.says("哈哈哈哈")
    assert "作为新问题提交" not in chat.labels
    await chat.says("又要罚款又要办证")
    await chat.says("asdfgh")
    assert "一句话" in chat.text
    assert "转人工" in chat.labels


async def test_an_insult_is_no_matter_wherever_it_is_said(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.says("你们都是垃圾")
    assert "作为新问题提交" not in chat.labels
    await chat.says("转人工")
    await chat.says("你们这些骗子")
    assert "一句话" in chat.text
    assert await tickets(town, chat) == []
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.says("你们都是垃圾")
    await chat.says("转人工")
    await chat.says("老是跳闸，机器开不了")
    await chat.presses("跳过")
    assert "垃圾" not in await story(town, chat)
