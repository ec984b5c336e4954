"""One person with two tabs: what is typed in a tab belongs to what that tab asked about."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from backend import database, models
from backend.contract.notices.to_enterprise import DraftReminder
from backend.work import outbox
from backend.work.outbox import NewNotice
from backend.work.recipients import Recipient
from bot.web.cookies import STAFF_COOKIE
from tests.backend.city import new_ticket, session_token
from tests.bot.web.browser import Phone, chromium
from tests.bot.web.conftest import House
from tests.bot.web.test_browser import log_in_again, logged_in
from tests.botapi.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def filed(house: House, title: str) -> str:
    backend = house.backend
    receipt = await backend.client.acting_as("web:4711").file_ticket(new_ticket(title=title), key=backend.key())
    return receipt.number


async def asking(tab: Phone, number: str, title: str) -> None:
    """Has opened the ticket and is asked what to ask the enterprise."""
    await tab.page.get_by_role("navigation").get_by_role("button", name="本单位").click()
    await tab.press(title)
    await tab.press("签收")
    await tab.press("问企业")
    await tab.sees(f"要问企业什么（工单 {number} {title}）")


async def another_tab(house: House, tab: Phone, path: str) -> Phone:
    other = Phone(tab.context, await tab.context.new_page())
    await other.page.goto(house.url + path)
    await expect(other.page.locator(".bubble").first).to_be_attached()
    return other


async def test_two_tabs_of_a_handler_write_to_two_tickets(house: House, browser: Browser) -> None:
    first, second = await filed(house, "第一件"), await filed(house, "第二件")
    one = await logged_in(browser, house, "power-1")
    await one.sees("徐强")
    await asking(one, first, "第一件")
    other = await another_tab(house, one, "/staff")
    await other.page.get_by_role("navigation").get_by_role("button", name="本单位").click()
    await other.press("第二件")
    await other.say("这一件已经修好了")  # it looked something up: what the first tab is asked is not asked here
    await other.sees("没有发出去")
    await asking(other, second, "第二件")
    answering = one.page.locator("#answering")
    await expect(answering).to_contain_text(first)
    await expect(other.page.locator("#answering")).to_be_hidden()
    await one.page.reload()  # the tab still knows what it asked about
    await expect(answering).to_contain_text(first)
    await one.say("总开关跳，还是分路跳？")
    await one.sees("总开关跳，还是分路跳？")
    await one.press("确认")
    await other.say("停电从几点开始？")
    await other.press("确认")
    staff = house.backend.staff("power-1")
    asked = {number: [one.text for one in (await staff.view_ticket(number)).questions] for number in (first, second)}
    assert asked == {first: ["总开关跳，还是分路跳？"], second: ["停电从几点开始？"]}
    assert one.complaints + other.complaints == []


async def test_a_tab_no_longer_names_a_question_whose_step_another_tab_cancelled(
    house: House, browser: Browser
) -> None:
    number = await filed(house, "第一件")
    one = await logged_in(browser, house, "power-1")
    await one.sees("徐强")
    await asking(one, number, "第一件")
    other = await another_tab(house, one, "/staff")
    await other.say("停电从几点开始？")
    await one.sees("确认向企业提问")
    answering = one.page.locator("#answering")
    await expect(answering).to_contain_text("要问企业什么")
    await other.press("取消")
    await one.sees("已取消")
    await expect(answering).to_be_hidden()
    await one.page.reload()
    await one.sees("已取消")
    await expect(answering).to_be_hidden()
    await one.say("停电到几点？")
    await one.sees("没有发给任何人")
    assert one.complaints + other.complaints == []


async def test_words_typed_while_the_line_is_away_follow_their_own_questions(house: House, browser: Browser) -> None:
    """One after the other, each to the question that the one before led to; another tab's form is left alone."""
    one = await Phone.opened(browser, house.url + "/?start=power-cut")
    await one.press("反复停电跳闸")
    other = await another_tab(house, one, "/?start=noise-next-door")
    await other.settled()
    one.server_may_be_away = other.server_may_be_away = True
    await house.close()
    await expect(one.page.locator("#state")).to_contain_text("断开", timeout=15000)
    for words in ("城东区", "东门街道", "建设路18号2号厂房"):
        await one.box.fill(words)
        await one.box.press("Enter")
    await house.open()
    await one.sees("从哪天开始")
    await one.settled()
    await expect(other.page.locator("#answering")).not_to_be_empty()
    await asyncio.gather(one.context.close())
    assert one.complaints + other.complaints == []


@pytest.mark.parametrize("back", ["reload", "new tab", "another form since"])
async def test_a_form_that_a_reminder_leads_back_to_takes_typed_words(
    house: House, browser: Browser, back: str
) -> None:
    """At a question with buttons, in a page that shows it from before: it counted as some other tab's, and 城东区 was
    refused.
    """
    tab = await Phone.opened(browser, house.url + "/?start=power-cut")
    await tab.press("反复停电跳闸")
    await tab.sees("在哪个区（县）")
    await eventually(models.Draft.all().exists, timeout=20.0)  # it is kept some seconds later
    draft = await models.Draft.get()
    [address] = house.rooms.addresses("web")
    if back == "another form since":
        await tab.page.goto(house.url + "/?start=noise-next-door")
        await tab.settled()
        await tab.say("取消")
        await tab.say("是")
    else:
        await tab.say("菜单")
    if back == "new tab":
        old, tab = tab, await another_tab(house, tab, "/")
        await old.page.close()
    else:
        await tab.page.reload()
    reminder = DraftReminder(draft=str(draft.id), scenario="power-cut")
    notice = NewNotice("reminded", Recipient("web", address, "zh_CN"), reminder, at_once=True)
    async with database.transaction():
        await outbox.post(await house.backend.context(), [notice])
    await tab.press("继续填写")
    await tab.say("城东区")
    await tab.sees("具体地址是哪里")
    assert tab.complaints == []


async def test_a_page_acts_for_nobody_else_who_logs_in_in_the_same_browser(house: House, browser: Browser) -> None:
    """Once its line came back it sent what one person had written as the other."""
    number = await filed(house, "停电")
    one = await logged_in(browser, house, "power-1")
    await one.sees("徐强")
    one.server_may_be_away = True
    await asking(one, number, "停电")
    await house.close()
    await expect(one.page.locator("#state")).to_contain_text("断开", timeout=15000)
    await one.box.fill("总开关跳，还是分路跳？")
    await one.box.press("Enter")
    await log_in_elsewhere(house, one, "power-2")
    await house.open()
    await one.sees("孙丽")
    assert not await models.Question.all().exists()
    await log_in_elsewhere(house, one, "power-1")
    await one.page.reload()
    await one.sees("总开关跳，还是分路跳？")
    await one.press("确认")
    assert [question.text for question in await models.Question.all()] == ["总开关跳，还是分路跳？"]
    assert one.complaints == []


async def log_in_elsewhere(house: House, tab: Phone, username: str) -> None:
    """In another tab of this browser."""
    token, host = session_token(username), house.url.partition("://")[2].partition(":")[0]
    await tab.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "domain": host, "path": "/staff"}])


async def test_a_log_out_in_another_tab_is_called_that_and_loses_nothing_typed(house: House, browser: Browser) -> None:
    """It was said that the log-in had expired, and what this tab had in its box was cleared along with the rest."""
    one = await logged_in(browser, house, "power-1")
    await one.sees("徐强")
    other, idle = await another_tab(house, one, "/staff"), await another_tab(house, one, "/staff")
    await one.box.fill("写到一半的答复")
    await other.page.get_by_role("button", name="退出").click()
    await expect(other.page.get_by_role("alert")).to_have_text("已退出。")
    await log_in_again(one, house, "power-1", "您已在另一个窗口退出")
    await expect(one.box).to_have_value("写到一半的答复")
    await one.settled()
    await expect(idle.page.get_by_role("alert")).to_contain_text("您已在另一个窗口退出")
    await one.box.fill("")
    house.backend.clock.move(minutes=121)
    await log_in_again(one, house, "power-1", "登录已失效")  # this time it has
    assert one.complaints + other.complaints + idle.complaints == []
