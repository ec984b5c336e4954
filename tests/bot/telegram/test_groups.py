"""The staff bot in a department's group: linked by a code, one topic a ticket, each member acting for themselves."""

import pytest

from backend.contract.acts import DECIDE_RETURN, PROPOSE_RETURN
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.propose_return import ProposeReturnIn
from tests.bot.telegram.bots import JPEG, Bots
from tests.botapi import ChatDriver, GroupDriver

CHAT = -1002000
MOVED = -1009000


@pytest.fixture
async def member(bots: Bots) -> ChatDriver:
    """The private chat of a handler."""
    return await bots.bound("power-1")


async def _linked(bots: Bots, *, rights: bool = True, forum: bool = True) -> GroupDriver:
    people = [bots.person("power-1"), bots.person("visitor")]
    if forum:
        group = bots.server.forum_group(CHAT, "供电局工单", [*people, bots.staff_account], bot_can_manage_topics=rights)
    else:
        group = bots.server.group(CHAT, "供电局工单", [*people, bots.staff_account])
    await _hand(bots, group).send(f"/bind@jiesu_staff_bot {await bots.code('power-leader')}")
    await group.expect("本群已绑定：榕江供电局")
    # The backend looks at the organisation again every few seconds; the test does not wait for that.
    bots.backend.deps.directory.forget()
    return group


def _hand(bots: Bots, group: GroupDriver, name: str = "power-1") -> ChatDriver:
    return group.as_user(bots.person(name))


async def test_an_assignment_opens_a_topic_and_is_signed_there(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    number = await bots.ticket(bots.enterprise_chat())
    topic = await _topic(group, number)
    assert "厂区停电" in group.topic(number).name
    notice = await group.expect(number, thread_id=topic)
    await _hand(bots, group).press("签收", notice)
    await group.expect("已签收", thread_id=topic)
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert ticket.assignments[0].handler == "徐强"
    assert not any(number in message.text for message in member.bot_messages)


async def test_commands_and_answers_in_a_topic_act_on_its_ticket(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    topic = await _topic(group, number)
    hand = _hand(bots, group)
    await hand.send("/sign", thread_id=topic)
    await group.expect("已签收", thread_id=topic)
    await hand.send("/ask@jiesu_staff_bot", thread_id=topic)
    await group.expect("要问企业什么", thread_id=topic)
    await hand.send("几号厂房停电？", thread_id=topic)
    await group.expect("确认向企业提问", thread_id=topic)
    await hand.press("确认")
    await group.expect("已发给企业", thread_id=topic)
    await enterprise.expect("几号厂房停电")


async def test_talk_among_colleagues_is_left_alone(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    number = await bots.ticket(bots.enterprise_chat())
    topic = await _topic(group, number)
    await group.expect(number, thread_id=topic)
    hand = _hand(bots, group)
    await hand.send("谁去看一下？", thread_id=topic)
    await hand.send_photo(JPEG, thread_id=topic)
    await hand.send("大家早")
    await hand.send("/sign@another_bot", thread_id=topic)
    await group.expect_nothing(0.6)
    assert bots.server.counters["getFile"] == 0


async def test_files_in_a_topic_belong_to_the_reply_under_way(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    topic = await _topic(group, number)
    hand = _hand(bots, group)
    await hand.send("/sign", thread_id=topic)
    await group.expect("已签收", thread_id=topic)
    await hand.send("/reply", thread_id=topic)
    await group.expect("请写给企业的答复", thread_id=topic)
    await hand.send_photo(JPEG, "已更换线路", thread_id=topic)
    await group.expect("文件 1 个", thread_id=topic)


async def test_a_private_errand_does_not_mix_with_a_topic(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    number = await bots.ticket(bots.enterprise_chat())
    topic = await _topic(group, number)
    await member.send(number)
    await member.press("签收", await member.expect(lambda message: "签收" in message.buttons))
    await member.press("问企业", await member.expect("已签收"))
    await member.expect("要问企业什么")
    group.skip()
    await _hand(bots, group).send("我在看", thread_id=topic)
    await group.expect_nothing()


async def test_a_lost_topic_is_made_again(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    lost = await _topic(group, number)
    await group.expect(number, thread_id=lost)
    group.delete_topic(lost)
    await _added(enterprise, "又停了")
    told = await group.expect("又停了")
    assert told.thread_id not in (None, lost)
    assert number in group.topic(number).name
    await _hand(bots, group).send("/sign", thread_id=told.thread_id)
    await group.expect("已签收", thread_id=told.thread_id)


async def test_without_the_right_to_make_topics_members_are_told_in_private(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots, rights=False)
    assert "管理话题" in group.last.text
    number = await bots.ticket(bots.enterprise_chat())
    notice = await member.expect(number)
    await member.press("签收", notice)
    await member.expect("已签收")


async def test_a_group_without_topics_leads_to_private_chats(bots: Bots, member: ChatDriver) -> None:
    await _linked(bots, forum=False)
    number = await bots.ticket(bots.enterprise_chat())
    await member.expect(number)


async def test_a_group_the_bot_was_thrown_out_of_leads_to_private_chats(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    group.kick(bots.staff_account, bots.person("power-1"))
    number = await bots.ticket(bots.enterprise_chat())
    await member.expect(number)


async def test_who_is_not_bound_is_told_privately_how_to(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    number = await bots.ticket(bots.enterprise_chat())
    topic = await _topic(group, number)
    notice = await group.expect(number, thread_id=topic)
    visitor = bots.staff_chat("visitor")
    press = await _hand(bots, group, "visitor").press("签收", notice)
    assert "绑定" in await press.wait_answered()
    assert press.alert
    await visitor.expect("8 位绑定码")
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert ticket.assignments[0].state == "dispatched"


async def test_who_never_wrote_to_the_bot_is_shown_the_way(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    number = await bots.ticket(bots.enterprise_chat())
    topic = await _topic(group, number)
    await group.expect(number, thread_id=topic)
    await _hand(bots, group, "visitor").send("/sign", thread_id=topic)
    shown = await group.expect("还没有绑定", thread_id=topic)
    assert shown.inline[0]["url"] == "https://t.me/jiesu_staff_bot"


async def test_a_wrong_code_links_nothing(bots: Bots, member: ChatDriver) -> None:
    group = bots.server.forum_group(CHAT, "群", [bots.person("power-1"), bots.staff_account])
    hand = _hand(bots, group)
    await hand.send("/bind 00000000")
    await group.expect(lambda message: "码" in message.text and "已绑定" not in message.text)
    await hand.send("/bind")
    await group.expect("/bind 八位绑定码")


async def _topic(group: GroupDriver, number: str) -> int:
    notice = await group.expect(lambda message: number in message.text and message.thread_id is not None)
    group.conversation.consumed.clear()
    assert notice.thread_id is not None
    return notice.thread_id


async def _added(enterprise: ChatDriver, text: str) -> None:
    await enterprise.press("补充材料")
    await enterprise.expect("补充到工单")
    await enterprise.send(text)
    await enterprise.expect("已收到")
    await enterprise.press("发完了")
    await enterprise.expect("补充好了")


async def test_a_group_that_becomes_a_supergroup_keeps_its_link_and_its_topics(bots: Bots, member: ChatDriver) -> None:
    group = await _linked(bots)
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    topic = await _topic(group, number)
    group.migrate(MOVED, bots.person("power-1"))
    await _hand(bots, group).send("/sign", thread_id=topic)
    await group.expect("已签收", thread_id=topic)
    await _added(enterprise, "又停了")
    told = await group.expect("又停了")
    assert told.thread_id == topic
    assert not any(number in message.text for message in member.bot_messages)


async def test_a_group_that_moved_while_the_bot_was_away_is_found_by_what_telegram_answers(
    bots: Bots, member: ChatDriver
) -> None:
    group = await _linked(bots)
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    topic = await _topic(group, number)
    group.migrate(MOVED, bots.person("power-1"), told=False)
    await _added(enterprise, "又停了")
    told = await group.expect("又停了")
    assert told.thread_id == topic
    second = await bots.ticket(enterprise)
    assert await _topic(group, second)
    assert not any(number in message.text for message in member.bot_messages)


async def test_a_unit_that_returned_a_ticket_sees_nothing_more_of_it_in_its_topic(
    bots: Bots, member: ChatDriver
) -> None:
    group = await _linked(bots)
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    topic = await _topic(group, number)
    hand = _hand(bots, group)
    await hand.send("/ticket", thread_id=topic)
    await group.expect(number, thread_id=topic)
    handler, office = bots.backend.staff("power-1"), bots.backend.staff("office")
    ticket = await handler.view_ticket(number)
    part = ticket.assignments[0].id
    proposed = ProposeReturnIn(version=ticket.version, reason="非我职责", basis="三定方案")
    version = (await handler.do(PROPOSE_RETURN, part, proposed, key=bots.backend.key())).version
    decided = DecideReturnIn(version=version, approve=True, reason="确不归你们", lead="housing")
    await office.do(DECIDE_RETURN, part, decided, key=bots.backend.key())
    told = await group.expect("确不归你们")
    assert told.thread_id is None
    # A member who may see every ticket does not show it to the others either.
    await bots.bound("office")
    group.add(bots.person("office"))
    overseer = group.as_user(bots.person("office"))
    shown = len(group.bot_messages)
    await _added(enterprise, "厂区又停了")
    for someone in (hand, overseer):
        await someone.send("/ticket", thread_id=topic)
        await group.expect("绑定", thread_id=topic)
    assert all("厂区" not in message.text for message in group.bot_messages[shown:])
