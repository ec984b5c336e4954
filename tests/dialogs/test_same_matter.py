"""Who is about to file what they reported before is asked whether it is the same matter."""

from __future__ import annotations

from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import file, fill_known, reply


async def tickets(town: Town, chat: Chat) -> list[str]:
    page = await town.backend.client.acting_as(chat.person.key).list_tickets()
    return sorted(one.number for one in page.items)


async def asked(town: Town) -> tuple[Chat, str]:
    chat = town.enterprise()
    number = await file(chat)
    await fill_known(chat)
    await chat.presses("确认提交")
    assert f"编号 {number}" in chat.text
    assert "同一件事吗" in chat.text
    assert await tickets(town, chat) == [number]
    return chat, number


async def test_a_yes_adds_it_to_the_open_request(town: Town) -> None:
    chat, number = await asked(town)
    await chat.presses("是，加到那件里")
    assert f"已加到工单 {number}" in chat.text
    assert await tickets(town, chat) == [number]
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert len(ticket.additions) == 1
    await chat.sends("menu")
    assert not any("继续填写" in label for label in chat.labels)


async def test_a_no_files_it(town: Town) -> None:
    chat, number = await asked(town)
    await chat.says("不是")
    assert "已提交" in chat.text
    assert len(await tickets(town, chat)) == 2
    assert number in await tickets(town, chat)


async def test_who_confirms_once_more_wants_it_filed(town: Town) -> None:
    chat, _ = await asked(town)
    await chat.presses("确认提交")
    assert "已提交" in chat.text


async def test_other_words_are_no_answer(town: Town) -> None:
    chat, number = await asked(town)
    await chat.says("今天天气不错")
    assert "同一件事吗" in chat.text
    assert await tickets(town, chat) == [number]


async def test_the_summary_comes_back_when_it_is_cancelled(town: Town) -> None:
    chat, _ = await asked(town)
    await chat.says("取消")
    assert "确认提交" in chat.labels


async def test_one_that_was_answered_is_to_be_rated(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await fill_known(chat)
    await chat.presses("确认提交")
    assert "等您评价" in chat.text
    assert {"评价那件", "不是，另外提交"} <= set(chat.labels)


async def test_the_desk_reads_which_may_be_the_same(town: Town) -> None:
    first, other = await file(town.enterprise()), await file(town.enterprise("4712"))
    seat = town.staff("seat-1")
    await seat.sends(f"ticket:{other}")
    assert f"可能是同一件事，请看一下：{first}" in seat.text
    await seat.presses(f"看 {first}")
    assert f"工单 {first}" in seat.text


async def test_who_to_answer_and_where_are_kept_on_the_addition(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await fill_known(chat)
    await chat.says("电话错了，是13911112222")
    await chat.presses("确认提交")
    await chat.presses("是，加到那件里")
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert ticket.contact_phone == "+8613911112222"
    assert "详细地址：建设路18号" in ticket.additions[0].text
