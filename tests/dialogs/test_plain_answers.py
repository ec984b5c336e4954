"""What people type instead of pressing, and ask besides, is taken for what it means."""

import pytest

from backend.contract.acts import ASK, SIGN
from backend.contract.acts.ask import AskIn
from backend.contract.acts.sign import SignIn
from backend.contract.models.tickets import RatingOut
from dialogs.session import Session
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import ask, file, fill, reply

WORDS = "冰箱里头的肉都臭了"


async def rating(town: Town, chat: Chat, number: str) -> RatingOut | None:
    return (await town.backend.client.acting_as(chat.person.key).view_ticket(number)).rating


async def question_of(town: Town, number: str, text: str) -> None:
    """One more question by the lead unit, past the staff chat."""
    client = town.backend.staff("power-1")
    ticket = await client.view_ticket(number)
    assignment = ticket.assignments[0].id
    if f"sign:{assignment}" in ticket.may:
        await client.do(SIGN, assignment, SignIn(version=ticket.version), key=town.backend.key())
        ticket = await client.view_ticket(number)
    await client.do(ASK, assignment, AskIn(text=text, version=ticket.version), key=town.backend.key())


async def answered(town: Town) -> tuple[Chat, str]:
    """A ticket that was answered and waits for a rating, its notice delivered."""
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await town.delivered(chat)
    return chat, number


async def test_words_that_fit_nothing_reach_the_seat(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.says(WORDS)
    await chat.says("哎呀讲不明白嘛")
    await chat.presses("转人工")
    await chat.says("跳过")  # the telephone
    [ticket] = (await town.backend.client.acting_as(chat.person.key).list_tickets()).items
    assert (await town.backend.client.acting_as(chat.person.key).view_ticket(ticket.number)).story.startswith(WORDS)


async def test_when_somebody_comes_is_answered_with_the_state(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    for text in ("几时来人啊", "几时打给我啊", "办得怎么样了"):
        await chat.says(text)
        assert f"工单 {number}" in chat.text or number in chat.text
        assert "状态：" in chat.text
        assert "答复期限" in chat.text
        assert "没有提交" not in chat.text


async def test_with_two_open_tickets_both_are_shown(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends("human")
    await chat.says("路灯也坏了，找个人来看看")
    for text in ("几时来人啊", "點樣啦我單嘢", "有冇人跟啊", "办到哪了"):
        await chat.says(text)
        assert "您的工单" in chat.text
        assert number in chat.text


async def test_where_a_number_is_asked_words_are_no_number_mistyped(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.says("查进度")
    await chat.says("我要问另外一件")
    assert "没有核对上" not in chat.text
    assert {"我的工单", "转人工"} <= set(chat.labels)
    await chat.says("催一下啦")
    assert number in chat.text
    assert "您的工单" in chat.text


@pytest.mark.parametrize(
    ("text", "solved"), [("没有解决", False), ("还没修好啊", False), ("好了", True), ("解决了", True)]
)
async def test_whether_it_is_solved_can_be_typed(town: Town, text: str, solved: bool) -> None:
    chat, number = await answered(town)
    await chat.presses("基本满意")
    await chat.says(text)
    assert "实际解决了吗" not in chat.text
    await chat.says("跳过")
    given = await rating(town, chat, number)
    assert given is not None
    assert given.solved is solved


async def test_other_words_before_that_are_kept_as_the_reason(town: Town) -> None:
    chat, number = await answered(town)
    await chat.presses("不满意")
    await chat.says("等了三天都没见到人")
    assert "会跟评价一起" in chat.text
    await chat.says("没有解决")
    given = await rating(town, chat, number)
    assert given is not None
    assert (given.solved, given.comment) == (False, "等了三天都没见到人")


async def test_a_grade_that_was_typed_is_not_asked_again(town: Town) -> None:
    chat, number = await answered(town)
    await chat.says("不满意")
    assert "实际解决了吗" in chat.text
    await chat.says("算了")
    assert await rating(town, chat, number) is None


async def test_a_label_decides_whether_it_is_the_answer(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await ask(town, number, "总表是几相的？")
    await chat.sends(f"add:{number}")
    await chat.says("三相的")
    await chat.presses("发完了")
    await chat.says("就是回答")
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert [one.answer for one in ticket.questions] == ["三相的"]


async def test_answering_leads_straight_to_the_question_with_what_was_sent(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await ask(town, number, "总表是几相的？")
    await chat.says("三相的")
    await chat.presses("回答提问 ")
    assert "总表是几相的？" in chat.text
    assert "发完了，提交" in chat.labels
    await chat.presses("发完了")
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert [one.answer for one in ticket.questions] == ["三相的"]


async def test_two_questions_are_told_apart(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await question_of(town, number, "总表是几相的？")
    await question_of(town, number, "最近换过空气开关吗？")
    await chat.sends(f"ticket:{number}")
    assert {"回答：总表是几相的？", "回答：最近换过空气开关吗？"} <= set(chat.labels)
    await chat.says("上个月换过")
    await chat.presses("回答提问 ")
    assert {"回答：总表是几相的？", "回答：最近换过空气开关吗？"} <= set(chat.labels)
    await chat.presses("回答：最近换过")
    await chat.presses("发完了")
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert {one.text: one.answer for one in ticket.questions}["最近换过空气开关吗？"] == "上个月换过"
    assert "回答提问" in chat.labels


@pytest.mark.parametrize("text", ["完成", "跳过", "确认"])
async def test_a_word_that_finishes_nothing_is_not_called_a_button(town: Town, text: str) -> None:
    chat = await town.enterprise().says("后街的路灯不亮了，有人管吗")
    await chat.says(text)
    assert "按钮" not in chat.text
    assert "主菜单" in chat.labels
    async with town.sessions.locked(chat.person.key) as slot:
        session, _ = Session.read(slot.data)
    assert session.errand is not None
    assert session.errand.text == "后街的路灯不亮了，有人管吗"
    chat = await town.enterprise("4712").says(text)
    assert "按钮" not in chat.text
    assert "没有提交" not in chat.text


async def test_a_name_is_kept_without_what_is_said_round_it(town: Town) -> None:
    chat = await fill(town.enterprise())
    await chat.presses("改联系人")
    await chat.says("我姓刘")
    assert "联系人：刘" in chat.text
    await chat.presses("改联系人")
    await chat.says("免贵姓刘，女士")
    assert "联系人：刘女士" in chat.text


async def test_a_wish_to_correct_is_no_address(town: Town) -> None:
    chat = await fill(town.enterprise())
    await chat.presses("改详细地址")
    await chat.says("我想改一下电话")
    assert "哪个电话号码" in chat.text
    await chat.says("13900139000")
    assert "139****9000" in chat.text
    await chat.presses("看全部内容")
    assert "详细地址：建设路18号" in chat.text


async def test_a_new_number_is_offered_as_a_correction(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"ticket:{number}")
    await chat.says("电话改成13900139000")
    await chat.presses("更正联系电话")
    assert "已更正" in chat.text
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert ticket.contact_phone is not None
    assert ticket.contact_phone.endswith("9000")


@pytest.mark.parametrize("text", ["13900139000", "不系 13900139000", "打错了 13900139000", "我电话13900139000"])
async def test_a_number_alone_is_offered_as_a_correction(town: Town, text: str) -> None:
    chat = town.enterprise()
    await file(chat)
    await chat.says(text)
    await chat.presses("更正联系电话")
    assert "已更正" in chat.text


@pytest.mark.parametrize("text", ["改电话", "更正联系信息", "電話錯了"])
async def test_a_wish_to_correct_the_number_is_offered(town: Town, text: str) -> None:
    chat = town.enterprise()
    await file(chat)
    await chat.says(text)
    await chat.presses("更正联系电话")
    assert "正确的联系电话" in chat.text


async def test_a_number_typed_where_it_is_asked_what_is_wrong_is_the_telephone(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"correct:{number}")
    await chat.says("139 0013 9000 阿强")
    assert "已更正" in chat.text


async def test_which_detail_is_wrong_can_be_typed(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"correct:{number}")
    await chat.says("联系人")
    assert "怎么称呼" in chat.text
    await chat.says("我叫刘建国")
    assert "已更正" in chat.text
    ticket = await town.backend.client.acting_as(chat.person.key).view_ticket(number)
    assert ticket.contact_name is not None
    assert ticket.contact_name.startswith("刘")


async def test_a_grade_typed_in_the_middle_of_a_form_is_the_rating(town: Town) -> None:
    chat, number = await answered(town)
    await chat.starts("other")
    await chat.says("满意")
    assert "实际解决了吗" in chat.text
    await chat.says("解决咗")
    await chat.says("跳过")
    given = await rating(town, chat, number)
    assert given is not None
    assert given.solved is True
    assert "求助" in chat.labels, "the form's question again"


async def test_an_errand_on_top_of_a_form_is_left_by_a_word(town: Town) -> None:
    chat, number = await answered(town)
    await chat.starts("other")
    await chat.sends(f"rate:{number}")
    await chat.says("满意")
    await chat.presses("解决了")
    await chat.says("取消")
    assert "求助" in chat.labels, "the form's question again"
    assert await rating(town, chat, number) is None


async def test_own_tickets_are_looked_at_in_the_middle_of_a_form(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.starts("other")
    for text in ("我的工单", "查进度"):
        await chat.says(text)
        assert number in chat.text
        assert "求助" in chat.labels, "the form's question again"


@pytest.mark.parametrize("words", [("13900139000",), ("我电话 139 0013 9000",), ("路灯坏了", "13900139000")])
async def test_a_number_left_for_a_person_stands_in_the_guarded_place_alone(town: Town, words: tuple[str, ...]) -> None:
    chat = town.enterprise()
    await chat.says("转人工")
    for one in words:
        await chat.says(one)
    [ticket] = (await town.backend.client.acting_as(chat.person.key).list_tickets()).items
    filed = await town.backend.client.acting_as(chat.person.key).view_ticket(ticket.number)
    assert filed.contact_phone == "+8613900139000"
    assert not any(character.isdigit() for character in filed.title + filed.story)
