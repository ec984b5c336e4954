"""What people want in words of their own is done, in a form, outside, and after the prompt to rate."""

import pytest

from backend.contract.words import EventKind
from dialogs.form import Form
from dialogs.session import Session
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import file
from tests.dialogs.test_plain_answers import answered, rating


async def _form(town: Town, chat: Chat) -> Form:
    """The one that is open."""
    async with town.sessions.locked(chat.person.key) as slot:
        form = Session.read(slot.data)[0].form
        await slot.settle()
    assert form is not None
    return form


async def _in_a_form(town: Town) -> Chat:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("反复停电跳闸")
    assert "哪个区" in chat.text
    return chat


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("问这个干啥", "看地方才知道"),
        ("我写的这些谁看得到", "谁看过都有记录"),
        ("收不收费", "都不收钱"),
        ("你是机器人吗", "自动问答"),
        ("你们一般几天能回复", "最晚哪天答复"),
        ("可以匿名吗", "写个姓就行"),
        ("谢谢啊", "不客气"),
        ("什么破系统，傻逼", "对不住"),
        ("不要老是发短信给我", "不发广告"),
    ],
)
async def test_a_question_about_us_is_answered_and_the_question_asked_again(town: Town, said: str, told: str) -> None:
    chat = await _in_a_form(town)
    before = await _form(town, chat)
    await chat.says(said)
    assert told in chat.text
    assert "哪个区" in chat.text
    after = await _form(town, chat)
    assert after.misses == before.misses


async def test_who_wants_a_moment_is_asked_nothing(town: Town) -> None:
    chat = await _in_a_form(town)
    await chat.says("稍等哈我翻下账单")
    assert "慢慢来" in chat.text
    assert "哪个区" not in chat.text
    await chat.says("城东区")
    assert "哪个区" not in chat.text


async def test_a_look_at_ones_tickets_leaves_the_form_as_it_is(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.says("顺便问下我上次那个单子有没有回音")
    assert number in chat.text
    assert "哪个区" in chat.text


async def test_another_matter_begins_with_what_both_forms_ask(town: Town) -> None:
    chat = await _in_a_form(town)
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    await chat.says("建设路18号")
    await chat.says("不是，我是说隔壁噪声")
    form = await _form(town, chat)
    assert form.scenario == "noise-next-door"
    assert {"district", "address"} <= set(form.answers)


async def test_as_last_time_takes_the_last_tickets_answers(town: Town) -> None:
    chat = town.enterprise()
    await file(chat)
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.says("跟上次一样")
    assert "照上次的填好了" in chat.text
    form = await _form(town, chat)
    assert "address" in form.answers


async def test_a_correction_with_its_value_is_taken_at_any_point(town: Town) -> None:
    chat = await _in_a_form(town)
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    await chat.says("建设路18号")
    await chat.says("区选错啦，我们在河阳镇")
    form = await _form(town, chat)
    assert form.answers["district"].value == "heyang"


async def test_back_may_name_the_question(town: Town) -> None:
    chat = await _in_a_form(town)
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    await chat.says("建设路18号")
    await chat.says("回到用电问题那一题")
    assert "哪种用电问题" in chat.text


async def test_after_the_prompt_words_rate_and_the_words_are_the_reason(town: Town) -> None:
    chat, number = await answered(town)
    await chat.says("没解决，又停了")
    assert "不满意" in chat.text
    assert "没解决，又停了" in chat.text
    await chat.says("是的")
    given = await rating(town, chat, number)
    assert given is not None
    assert (given.grade, given.solved, given.comment) == ("dissatisfied", False, "没解决，又停了")


async def test_what_words_leave_open_of_a_rating_is_asked(town: Town) -> None:
    chat, number = await answered(town)
    await chat.says("还是挺满意的，就是慢了点")
    assert "实际解决了吗" in chat.text
    await chat.says("都弄利索了")
    given = await rating(town, chat, number)
    assert given is not None
    assert given.solved is True
    assert "慢了点" in given.comment


async def test_who_says_only_that_it_is_solved_is_asked_for_the_grade_alone(town: Town) -> None:
    chat, number = await answered(town)
    await chat.says("解决了")
    await chat.says("一般般吧")
    await chat.says("跳过")
    given = await rating(town, chat, number)
    assert given is not None
    assert (given.grade, given.solved) == ("basically", True)


async def test_a_private_matter_is_pointed_to_its_place_and_may_still_be_a_shops(town: Town) -> None:
    chat = await town.enterprise().says("我是居民，家里楼下垃圾没人收")
    assert "12345" in chat.text
    await chat.presses("是店里、厂里的事")
    form = await _form(town, chat)
    assert form.scenario == "other"


async def test_who_presses_is_told_the_state_and_the_unit_hears_of_it_once_a_day(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    for _ in range(2):
        await chat.says("都半个月了还没人联系我")
        assert "转给承办单位" in chat.text
        assert number in chat.text
    events = await town.backend.client.acting_as(chat.person.key).list_events(number)
    assert [one.kind for one in events.items].count(EventKind.URGED) == 1


async def test_who_greets_is_greeted_and_who_asks_what_can_be_done_sees_the_menu(town: Town) -> None:
    chat = await town.enterprise().says("您好，请问有人在线吗")
    assert "我的工单" in chat.labels
    await chat.says("你们这里都能办哪些事啊")
    assert "我的工单" in chat.labels


async def test_a_matter_that_sounds_urgent_stays_a_matter_where_nothing_is_open(town: Town) -> None:
    chat = await town.enterprise().says("厂里停电两天了怎么还没人来修，货都要坏了")
    assert "先按“停电、电压不稳”给您登记" in chat.text


async def test_words_after_an_emergencys_number_are_its_matter(town: Town) -> None:
    chat = await town.enterprise().says("仓库着火了，你们快一点")
    assert "119" in chat.text
    assert "您写的都在" in chat.text
