"""Who wishes to stay unknown is told what their kind of matter can do about it, and the wish is kept."""

from __future__ import annotations

from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import NUMBER


async def test_outside_a_form_a_report_is_offered_and_what_was_told_is_its_story(town: Town) -> None:
    chat = town.enterprise()
    await chat.says("有人上门收钱，我想举报，但不留名字")
    assert "不会告诉被举报的人" in chat.text
    await chat.presses("举报违规行为")
    assert "我们来填“举报违规行为”" in chat.text
    assert "不会告诉办理的单位" in chat.text


async def test_in_a_form_the_wish_is_promised_once_and_goes_along(town: Town) -> None:
    chat = town.enterprise()
    await chat.starts("power-cut")
    for button in ("反复停电跳闸", "城东区", "不确定镇街"):
        await chat.presses(button)
    await chat.says("不要让供电所知道是我说的")
    assert "不会告诉对方" in chat.text
    assert "举报违规行为" in chat.text
    for answer in ("建设路18号", "今天", "6", "供电公司", "部分停产"):
        await chat.says(answer)
    await chat.says("匿名")
    assert "不会告诉对方" not in chat.text
    assert "已记下" in chat.text
    await chat.says("没有")
    await chat.says("这周停了三次电，炉子里的料全报废了")
    await chat.says("跳过")
    await chat.says("榕江注塑厂，不要写我名字")
    for answer in ("王师傅", "13800138000"):
        await chat.says(answer)
    assert "企业名称：榕江注塑厂\n" in chat.text + "\n"
    await chat.presses("确认提交")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    ticket = await town.backend.staff("office").view_ticket(found[0])
    assert "不要让供电所知道是我说的" in str(ticket)
    assert "不要写我名字" in str(ticket)


async def test_a_story_that_wishes_it_is_answered_before_the_first_question(town: Town) -> None:
    chat = town.enterprise()
    await chat.says("酒吧天天半夜放音乐吵死了，不要写我名字，怕他们报复")
    assert "不会告诉对方" in chat.fresh[0].plain
