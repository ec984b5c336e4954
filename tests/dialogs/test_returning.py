"""Who comes back after an hour is told in one line where they were; words of then are not joined with words of now."""

from __future__ import annotations

from datetime import timedelta

from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town


def away(chat: Chat, **time: int) -> Chat:
    chat.now += timedelta(**time)
    return chat


async def test_who_answers_after_an_hour_reads_where_we_were(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await away(chat, hours=1).presses("反复停电跳闸")
    assert chat.fresh[0].plain == "接着上次：“停电、电压不稳”，填到“用电问题”。"
    assert len(chat.fresh) > 1
    await away(chat, minutes=59).says("没有")
    assert "接着上次" not in chat.text


async def test_a_button_of_the_menu_says_itself_what_it_is_for(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await away(chat, hours=3).sends("tickets")
    assert "接着上次" not in chat.text


async def test_words_of_an_hour_ago_are_not_joined_with_those_of_now(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.says("又要罚款又要办证")
    await away(chat, hours=2).says("电费贵，又要办证，又要罚款")
    assert "您之前发来的“又要罚款又要办证”没有提交" in chat.text
    assert not any("停电" in label for label in chat.labels)
    await chat.presses("作为新问题提交")
    await chat.sends("menu")
    assert "停电" not in chat.text


async def test_words_sent_within_the_hour_still_belong_together(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.says("又要罚款又要办证")
    await away(chat, minutes=20).says("从昨晚开始的")
    assert "没有提交；要办的话" not in chat.text
    assert any("消防" in label for label in chat.labels)


async def test_who_comes_back_with_another_matter_is_not_held_to_the_one_that_only_began(town: Town) -> None:
    chat = await town.enterprise().says("工厂停电了")
    await away(chat, hours=2).says("银行贷款批不下来")
    assert "“停电、电压不稳”没填完的内容已为您保存" in chat.text
    assert "先按“融资贷款”给您登记" in chat.text
