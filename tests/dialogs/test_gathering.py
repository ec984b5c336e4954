"""Several short messages in a row are one, where words are told freely; a command, a yes or a number is for itself."""

from __future__ import annotations

import pytest

from dialogs.events import Incoming, Text
from dialogs.gathering import may_be_part, may_go_on
from tests.dialogs.chats import MONDAY, Chat
from tests.dialogs.conftest import Town


@pytest.mark.parametrize("text", ["停电了", "从昨晚开始", "菜市场后面那条巷子", "no power"])
def test_words_on_a_matter_may_go_on(text: str) -> None:
    assert may_go_on(text)


@pytest.mark.parametrize("text", ["停电了。", "什么时候来电？", "我们厂" * 30])
def test_what_ends_as_a_sentence_is_whole(text: str) -> None:
    assert not may_go_on(text)


@pytest.mark.parametrize(
    "text", ["", "/menu", "跳过", "转人工", "是的", "不知道", "我的工单", "13812345678", "261130000012", "3"]
)
def test_what_is_for_itself_is_no_part(text: str) -> None:
    assert not may_be_part(text)


def told(chat: Chat, *texts: str) -> list[Incoming]:
    return [Incoming(chat.person, f"part-{text}", MONDAY, Text(text)) for text in texts]


async def test_they_become_one_story_and_each_is_done_with(town: Town) -> None:
    chat = await town.enterprise().starts()
    parts = told(chat, "停电了", "从昨晚开始", "整栋楼都没电")
    chat.sees(await town.enterprise_talk.handle_together(parts))
    offered = chat.text
    assert "先按“停电、电压不稳”给您登记" in chat.text
    chat.sees(await town.enterprise_talk.handle_together(parts))
    assert chat.text == offered
    for one in parts[:-1]:
        assert (await town.enterprise_talk.handle(one)).outputs == ()
    chat.sees(await town.enterprise_talk.handle(Incoming(chat.person, "human", MONDAY, Text("转人工"))))
    await chat.presses("跳过") if "跳过" in chat.labels else None
    page = await town.backend.client.acting_as(chat.person.key).list_tickets()
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(page.items[0].number)
    assert ticket.story == "停电了\n从昨晚开始\n整栋楼都没电"


async def test_a_part_that_was_answered_before_is_no_part_of_what_comes_again(town: Town) -> None:
    """The process died after the first; the messenger brings it again with what came since."""
    chat = await town.enterprise().starts()
    first, second = told(chat, "停电了", "整栋楼都没电")
    await town.enterprise_talk.handle(first)
    await town.enterprise_talk.handle_together([first, second])
    chat.sees(await town.enterprise_talk.handle(Incoming(chat.person, "human", MONDAY, Text("转人工"))))
    await chat.presses("跳过") if "跳过" in chat.labels else None
    page = await town.backend.client.acting_as(chat.person.key).list_tickets()
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(page.items[0].number)
    assert [line for line in ticket.story.splitlines() if "电" in line] == ["停电了", "整栋楼都没电"]


async def test_only_where_words_are_told_freely_more_is_waited_for(town: Town) -> None:
    chat = town.enterprise()
    start = await town.enterprise_talk.handle(Incoming(chat.person, "a", MONDAY, Text("你好")))
    assert start.goes_on
    chat = await chat.starts("power-cut")
    assert chat.last is not None
    asked = await town.enterprise_talk.handle(Incoming(chat.person, "b", MONDAY, Text("电压不稳")))
    assert not asked.goes_on
