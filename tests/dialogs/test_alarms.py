"""Emergencies in a chat: the number first and alone, and what was written waits until its person goes on."""

from __future__ import annotations

from datetime import timedelta

from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import NUMBER


async def at_story(town: Town) -> Chat:
    chat = town.enterprise()
    await chat.starts("power-cut")
    for button in ("反复停电跳闸", "城东区", "不确定镇街"):
        await chat.presses(button)
    for answer in ("建设路18号", "今天", "6", "供电公司", "部分停产", "没有"):
        await chat.says(answer)
    return chat


async def filed_story(town: Town, chat: Chat) -> str:
    await chat.says("跳过")
    for answer in ("榕江注塑厂", "王师傅", "13800138000"):
        await chat.says(answer)
    await chat.presses("确认提交")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    return (await town.backend.staff("office").view_ticket(found[0])).story


async def test_the_number_stands_alone_and_the_form_waits(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("这周停了三次电，现在配电房着火了")
    assert "119" in chat.fresh[0].plain
    assert "先打电话" in chat.fresh[-1].plain
    assert "照片" not in chat.text
    await chat.presses("继续登记")
    assert "119" not in chat.text
    assert await filed_story(town, chat) == "这周停了三次电，现在配电房着火了"


async def test_what_is_written_next_goes_on_with_what_waited(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("这周停了三次电，现在配电房着火了")
    await chat.says("已经打了119，消防车在路上")
    assert await filed_story(town, chat) == "这周停了三次电，现在配电房着火了\n已经打了119，消防车在路上"


async def test_a_second_emergency_meanwhile_is_told_too(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("配电房着火了")
    await chat.says("师傅手被机器夹断了")
    assert "120" in chat.fresh[0].plain
    assert "先打电话" in chat.fresh[-1].plain
    await chat.says("继续")
    assert "配电房着火了\n师傅手被机器夹断了" in await filed_story(town, chat)


async def test_outside_a_form_what_waited_is_placed_afterwards(town: Town) -> None:
    chat = await town.enterprise().says("我们仓库着火了")
    assert "先打电话" in chat.fresh[-1].plain
    await chat.presses("继续登记")
    assert "119" not in chat.text
    assert "收到" in chat.text


async def test_a_button_of_something_else_loses_nothing_that_waits(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("这周停了三次电，现在配电房着火了")
    await chat.sends("tickets")
    assert await filed_story(town, chat) == "这周停了三次电，现在配电房着火了"


async def test_what_may_be_one_is_told_in_a_line_and_the_form_goes_on(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("这周停了三次电，好像配电房着火了")
    assert "119" in chat.fresh[0].plain
    assert "先打电话" not in chat.text
    assert await filed_story(town, chat)


async def test_a_failed_supply_is_a_hint_told_once(town: Town) -> None:
    chat = await town.enterprise().says("我们厂停电了")
    assert "95598" in chat.text
    assert "⚠️" not in chat.text
    await chat.says("停电两天了")
    assert "95598" not in chat.text


async def test_as_long_as_there_is_danger_the_number_is_told_again_and_shorter(town: Town) -> None:
    chat = await town.enterprise().says("我们仓库着火了")
    first = chat.fresh[0].plain
    for words in ("里面还有两个工人没出来！！怎么办", "着火了啊"):
        await chat.says(words)
        assert "119" in chat.fresh[0].plain
        assert len(chat.fresh[0].plain) < len(first)
        assert "先打电话" in chat.fresh[-1].plain


async def test_it_is_told_again_after_the_person_went_on(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("配电房着火了")
    await chat.presses("继续登记")
    await chat.says("火越来越大，人跑不出来")
    assert "119" in chat.fresh[0].plain
    assert "先打电话" in chat.fresh[-1].plain


async def test_after_some_minutes_the_number_is_told_as_the_first_time(town: Town) -> None:
    chat = await town.enterprise().says("我们仓库着火了")
    first = chat.fresh[0].plain
    chat.now += timedelta(minutes=6)
    await chat.says("仓库又着火了")
    assert chat.fresh[0].plain == first


async def test_words_of_an_emergency_answer_no_question_with_choices(town: Town) -> None:
    chat = town.enterprise()
    await chat.starts("power-cut")
    await chat.says("里面着火了 里面还有人没出来")
    await chat.says("已经打了119，消防车在路上，停电也要投诉")
    assert "反复停电跳闸" in chat.labels
    assert "您是说" not in chat.text
    await chat.presses("反复停电跳闸")
    assert "区" in chat.text


async def test_words_of_an_emergency_are_no_scenario(town: Town) -> None:
    chat = await town.enterprise().says("我们仓库着火了")
    await chat.says("打了119了，消防车在路上，西江路88号仓库停电")
    assert "转人工" in chat.labels
    assert not any("停电" in label for label in chat.labels)


async def test_who_despairs_again_is_told_again_and_offered_no_scenario(town: Town) -> None:
    chat = await town.enterprise().says("欠债不想活了")
    assert "12356" in chat.text
    await chat.says("真的不想活了")
    assert "12356" in chat.text
    assert not any("拖欠" in label for label in chat.labels)


async def test_a_person_for_an_emergency_is_urgent_and_asks_where_to_call(town: Town) -> None:
    chat = await town.enterprise().says("我工人被机器压住了")
    await chat.says("转人工")
    assert "电话" in chat.text
    await chat.says("13800138000")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    ticket = await town.backend.staff("office").view_ticket(found[0])
    assert ticket.urgent
    assert "机器压住" in ticket.story


async def test_a_person_in_the_middle_of_a_form_is_asked_where_to_call(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("这周停了三次电")
    await chat.says("转人工")
    assert "电话" in chat.text
    assert not NUMBER.search(chat.text)
    await chat.says("13800138000")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    assert not (await town.backend.staff("office").view_ticket(found[0])).urgent


async def test_who_gives_no_telephone_gets_a_person_all_the_same(town: Town) -> None:
    chat = await at_story(town)
    await chat.says("这周停了三次电")
    await chat.says("转人工")
    await chat.presses("跳过")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    assert (await town.backend.staff("office").view_ticket(found[0])).story == "这周停了三次电"


async def test_who_presses_for_help_in_danger_means_no_ticket(town: Town) -> None:
    chat = town.enterprise()
    await chat.says("仓库着火了，里面有人没出来")
    await chat.presses("继续登记")
    await chat.says("动不了 快点")
    assert "119" in chat.text
    assert "工单" not in chat.text
    await chat.says("已经打了，消防车在路上")
    assert "动不了" not in chat.text
