"""From own words to the form of their matter: begun at once where it is clear, changed without telling it again."""

from __future__ import annotations

import pytest

from dialogs.session import Session
from dialogs.understanding import parts_of
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town

CUT = "我们厂老是停电跳闸，机器都烧坏了"
NOISE = "隔壁酒吧每晚吵到两点，客人都跑了"


async def session(town: Town, chat: Chat) -> Session:
    async with town.sessions.locked(chat.person.key) as slot:
        found = Session.read(slot.data)[0]
        await slot.settle()
    return found


async def story(town: Town, chat: Chat) -> str:
    """Of the form that is open."""
    form = (await session(town, chat)).form
    assert form is not None, chat.text
    template = town.scenarios[form.scenario].template
    return str(form.answers[template.story].value) if template.story in form.answers else ""


async def scenario(town: Town, chat: Chat) -> str:
    form = (await session(town, chat)).form
    return "" if form is None else form.scenario


async def test_what_can_only_be_one_matter_begins_at_once(town: Town) -> None:
    chat = await town.enterprise().says(CUT)
    assert await scenario(town, chat) == "power-cut"
    assert await story(town, chat) == CUT


async def test_a_wrong_beginning_is_changed_by_its_button_and_the_words_stay(town: Town) -> None:
    chat = await town.enterprise().says(CUT)
    await chat.presses("不是这件事")
    assert "停电、电压不稳" not in chat.labels
    await chat.presses("作为新问题提交")
    assert await scenario(town, chat) == "other"
    assert await story(town, chat) == CUT
    await chat.sends("menu")
    assert not any("停电" in label for label in chat.labels)


@pytest.mark.parametrize("said", ["不是这件事", "不是这个事"])
async def test_it_is_changed_in_words_too(town: Town, said: str) -> None:
    chat = await town.enterprise().says(CUT)
    await chat.says(said)
    assert "作为新问题提交" in chat.labels, chat.text
    assert await scenario(town, chat) == ""


async def test_another_matter_takes_the_story_along(town: Town) -> None:
    chat = await town.enterprise().says(CUT)
    await chat.says("不是，我是说噪声")
    assert await scenario(town, chat) == "noise-next-door"
    assert await story(town, chat) == CUT


async def test_another_matter_that_is_told_brings_its_own_words(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    await chat.says(f"不是，我想说的是另外一件事，{NOISE}")
    assert await scenario(town, chat) == "noise-next-door"
    assert NOISE in await story(town, chat)
    form = (await session(town, chat)).form
    assert form is not None
    assert form.answers["district"].value


async def test_a_form_begun_from_the_menu_asks_whether_the_story_belongs_to_it(town: Town) -> None:
    chat = await town.enterprise().says("门口的路坏了，货车进不来，在新港镇沿河路9号")
    assert await scenario(town, chat) == "road-access"
    await chat.says("取消")
    await chat.presses("是")
    await chat.starts("noise-next-door")
    assert "已带过来" in chat.text
    form = (await session(town, chat)).form
    assert form is not None
    assert "address" in form.answers
    assert "货车进不来" in str(form.proposed["story"].value)


async def test_water_goes_to_the_general_form_with_its_own_words_for_the_topic(town: Town) -> None:
    chat = await town.enterprise().says("我们店停水了")
    assert "12345" in chat.text
    assert await scenario(town, chat) == "other"
    form = (await session(town, chat)).form
    assert form is not None
    assert form.answers["topic"].value == "我们店停水了"


async def test_two_matters_are_taken_in_turn_each_with_its_own_words(town: Town) -> None:
    chat = await town.enterprise().says(f"门口的路坑坑洼洼货车进不来，还有{NOISE}")
    assert "一件一件来" in chat.text
    await chat.presses("道路")
    assert await story(town, chat) == "门口的路坑坑洼洼货车进不来"
    while "确认提交" not in chat.labels:
        form = (await session(town, chat)).form
        assert form is not None
        assert form.current != (before := "")
        before = form.current
        await chat.says(ANSWERS.get(form.current, "不知道"))
        form = (await session(town, chat)).form
        assert form is not None
        assert form.current != before, chat.text
    await chat.presses("确认提交")
    assert "已提交" in chat.text
    assert NOISE in chat.text
    await chat.says("好的")
    assert await scenario(town, chat) == "noise-next-door"
    assert NOISE in await story(town, chat)


ANSWERS = {
    "problem": "路面坏了",
    "district": "城东区",
    "address": "建设路18号",
    "since": "今天",
    "enterprise_name": "榕江注塑厂",
    "contact_phone": "13800138000",
}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("停电了，还没来", ["停电了，还没来"]),
        ("路烂了进不来，另外酒吧吵得睡不着", ["路烂了进不来", "另外酒吧吵得睡不着"]),
        ("The road is blocked. Also the bar is loud", ["The road is blocked", "Also the bar is loud"]),
    ],
)
def test_a_message_is_taken_apart_where_it_says_so(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


async def test_a_question_is_not_pushed_through_a_form(town: Town) -> None:
    chat = await town.enterprise().says("我想咨询一下，研发费用加计扣除小公司能不能享受")
    assert await scenario(town, chat) == "tax-benefit"
    await chat.says("城东区")
    await chat.says("13800138000")
    assert "确认提交" in chat.labels, chat.text


async def test_the_summary_is_whole_once_and_then_says_what_changed(town: Town) -> None:
    chat = await town.enterprise().says("我想咨询一下，研发费用加计扣除小公司能不能享受")
    await chat.says("城东区")
    await chat.says("13800138000")
    assert "加计扣除" in chat.text
    await chat.says("电话错了，是13911112222")
    assert "139****2222" in chat.text
    assert "小公司能不能享受" not in chat.text
    await chat.presses("看全部内容")
    assert "小公司能不能享受" in chat.text
