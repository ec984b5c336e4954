"""The pages in a real browser, as a person with a phone, with a keyboard alone, or with a bad line uses them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, expect

from backend import models
from backend.contract.words import EventKind
from tests.backend.city import new_ticket
from tests.bot.web.browser import CONTRASTS, CONTROLS, PHONE, Phone, chromium
from tests.bot.web.conftest import House
from tests.bot.web.pictures import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def phone(house: House, browser: Browser) -> AsyncIterator[Phone]:
    """An enterprise's page that has been greeted."""
    phone = await Phone.opened(browser, house.url)
    await phone.sees("您好")
    yield phone
    assert phone.complaints == []


async def logged_in(browser: Browser, house: House, username: str) -> Phone:
    desk = await Phone.opened(browser, house.url + "/staff/log-in")
    await desk.page.get_by_label("用户名").fill(username)
    await desk.page.get_by_label("密码").fill(house.backend.city.passwords[username])
    await desk.page.get_by_role("button", name="登录").click()
    await expect(desk.page.get_by_role("heading", name="诉求办理工作台")).to_be_visible()
    return desk


async def file_power_cut(phone: Phone, picture: Path) -> None:
    """Half by buttons, half by typing, with a photo."""
    await phone.press("水电气")
    await phone.press("停电")
    await phone.press("反复停电跳闸")
    await phone.press("城东区")
    await phone.say("东门街道")
    await phone.say("建设路18号2号厂房")
    await phone.say("上周五")
    await phone.say("大概六次")
    await phone.press("直接交供电公司")
    await phone.press("部分停产")
    await phone.press("否")
    await phone.attach(picture)
    await phone.say("每天下午两点左右跳一次，每次四十分钟，注塑机里的料全废了，希望查清原因。")
    await phone.press("跳过")
    await phone.say("李记塑料制品有限公司")
    await phone.say("李小姐")
    await phone.say("13900139000")
    await phone.press("确认提交")


async def test_a_whole_loop(house: House, browser: Browser, phone: Phone, tmp_path: Path) -> None:
    """Filed, signed, asked, answered, replied to and rated, by two people with a page each."""
    picture = tmp_path / "电表.png"
    picture.write_bytes(photo())
    await file_power_cut(phone, picture)
    accepted = await phone.sees("榕江供电局")
    assert "查询码" in await accepted.inner_text()

    desk = await logged_in(browser, house, "power-1")
    await desk.sees("新派单")
    await desk.press("签收")
    await desk.sees("已签收")
    await desk.press("问企业")
    await desk.say("跳闸时是总开关跳，还是分路开关跳？")
    await desk.press("确认")

    await phone.sees("想了解一下")
    await phone.press("回答提问")
    await phone.say("总开关跳，分路都没动。")
    await phone.press("发完了")

    await desk.sees("总开关跳，分路都没动。")
    await desk.press("查看工单")
    await desk.press(re.compile(r"^\s*答复\s*$"))  # not 阶段性答复
    await desk.say("已更换老化的进线开关，连续观察三天未再跳闸。")
    await desk.press("下一步")
    await desk.press("解决了")
    await desk.press("确认")

    await phone.sees("已更换老化的进线开关")
    await phone.press("😊 满意")
    await phone.press("解决了")
    await phone.press("跳过")
    await phone.sees("谢谢")
    assert desk.complaints == []


async def test_a_seat_fills_in_what_was_given_up(house: House, browser: Browser, phone: Phone) -> None:
    """A form that was left for a human, completed at the desk with the same questions, goes to its unit."""
    await phone.press("水电气")
    await phone.press("停电")
    await phone.press("反复停电跳闸")
    await phone.press("城东区")
    await phone.say("东门街道")
    await phone.say("人工")
    await phone.sees("或者留个电话")
    await phone.say("13900139000")
    await phone.sees("已转给专席")

    desk = await logged_in(browser, house, "seat-1")
    await desk.sees("专席待处理")
    await desk.press("查看工单")
    await desk.sees("待坐席核对")
    await desk.press("补全信息")
    await desk.sees("问企业")
    await desk.say("建设路18号2号厂房")
    await desk.say("上周五")
    await desk.say("大概六次")
    await desk.press("直接交供电公司")
    await desk.press("部分停产")
    await desk.press("否")
    await desk.say("每天下午两点左右跳一次，希望查清原因。")
    await desk.say("李记塑料制品有限公司")
    await desk.say("李小姐")
    await desk.press("确认提交")
    await desk.sees("已补全")
    await desk.press(re.compile(r"^\s*受理\s*$"))  # not 不予受理
    await desk.sees("榕江供电局")
    await phone.sees("榕江供电局")
    assert desk.complaints == []


async def test_the_keyboard_is_enough(phone: Phone) -> None:
    """From the top of the page by Tab to a choice, on to the next question, and into the message box."""
    page = phone.page
    keys = page.keyboard
    focused = page.locator(":focus")
    await keys.press("Tab")
    await expect(focused).to_have_text("跳到输入框")
    await keys.press("Tab")
    await expect(focused).to_have_id("language")
    await keys.press("Tab")
    await expect(focused).to_have_text("人工")
    while "水电气" not in await focused.inner_text():
        await keys.press("Tab")
    assert await focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    await keys.press("Enter")
    await phone.sees("水电气")
    await expect(focused).to_have_attribute("aria-disabled", "true")  # the focus was not lost
    while "停电" not in await focused.inner_text():
        await keys.press("Tab")
    await keys.press("Space")
    await phone.sees("是哪种用电问题")
    while "反复停电跳闸" not in await focused.inner_text():  # a telephone number in the question comes first
        await keys.press("Tab")
    await keys.press("Enter")
    await phone.settled()
    await phone.box.focus()
    await keys.type("第一行")
    await keys.press("Shift+Enter")
    await keys.type("第二行")
    await expect(phone.box).to_have_value("第一行\n第二行")
    await keys.press("Enter")
    await expect(phone.page.locator(".bubble.you").last).to_contain_text("第二行")
    await expect(phone.box).to_be_focused()


async def test_the_server_restarts_in_the_middle_of_a_form(house: House, phone: Phone) -> None:
    """What is typed meanwhile is kept, sent in order afterwards, and the form goes on; nothing is shown twice."""
    phone.server_may_be_away = True
    await phone.press("水电气")
    await phone.press("停电")
    await phone.press("反复停电跳闸")
    await house.close()
    state = phone.page.locator("#state")
    await expect(state).to_contain_text("断开", timeout=15000)
    for words in ("城东区", "东门街道", "建设路18号2号厂房"):
        await phone.box.fill(words)
        await phone.box.press("Enter")
    await expect(phone.page.locator(".fate.waiting")).to_have_count(3)
    await house.open()
    await phone.sees("从哪天开始")
    await phone.settled()
    await expect(phone.page.locator(".fate")).to_have_count(0)
    own = await phone.page.locator(".bubble.you .words").all_inner_texts()
    assert own[-3:] == ["城东区", "东门街道", "建设路18号2号厂房"]
    texts = await phone.page.locator(".bubble.us .words").all_inner_texts()
    assert len(texts) == len(set(texts))


async def test_a_reload_while_away_loses_nothing_typed(house: House, phone: Phone) -> None:
    phone.server_may_be_away = True
    await phone.press("水电气")
    await phone.press("停电")
    await house.close()
    await phone.box.fill("反复停电跳闸")
    await phone.box.press("Enter")
    await phone.box.fill("还没写完的话")
    await house.open()
    await phone.page.reload()
    await phone.sees("哪个区（县）")
    await expect(phone.box).to_have_value("还没写完的话")
    order = await phone.page.locator(".bubble .words").all_inner_texts()
    assert "用电问题" in order[order.index("反复停电跳闸") - 1]


async def test_photos_go_up_and_come_down_as_downloads(
    house: House, browser: Browser, phone: Phone, tmp_path: Path
) -> None:
    picture, large, program = tmp_path / "电表.png", tmp_path / "大图.png", tmp_path / "a.exe"
    picture.write_bytes(photo())
    large.write_bytes(photo() + bytes(2 * 1024 * 1024))
    program.write_bytes(b"MZ" + bytes(200))
    phone.refusals_expected = True
    await phone.press("其他问题")
    for file, told in ((large, "太大了"), (program, "收不了"), (picture, "")):
        before = await phone.page.locator(".bubble.us").count()
        await phone.attach(file)
        await expect(phone.page.locator(".bubble.us")).not_to_have_count(before)
        await phone.settled()
        if told:
            await phone.sees(told)
    await expect(phone.page.locator("img.preview")).to_have_count(2)
    await expect(phone.page.locator("progress")).to_have_count(0)


async def test_numbers_that_the_city_names_can_be_dialled_and_what_people_type_cannot(phone: Phone) -> None:
    links = phone.page.locator(".bubble .words a")
    await phone.press("水电气")
    await phone.press("停电")
    await phone.press("反复停电跳闸")
    power = phone.page.locator(".bubble.us .words a", has_text="95598").first
    await expect(power).to_have_attribute("href", "tel:95598")
    known = await links.count()
    await phone.say("请拨打13900139000或95598 <a href='tel:1'>1</a>")
    await expect(phone.page.locator(".bubble.you .words a")).to_have_count(0)
    for link in await links.all():
        assert await link.text_content() in {"95598", "119", "120", "110", "122", "12345"}
    assert await links.count() >= known


async def test_choices_that_were_answered_are_inert(phone: Phone) -> None:
    await phone.press("水电气")
    settled = phone.page.locator(".choices.settled button")
    assert await settled.count() > 5
    assert await settled.evaluate_all("all => all.every(one => one.ariaDisabled === 'true' && one.tabIndex === -1)")
    chosen = phone.page.locator(".chosen")
    await expect(chosen).to_have_attribute("aria-label", "已选：水电气")
    before = await phone.page.locator(".bubble").count()
    await chosen.dispatch_event("click")
    await phone.settled()
    assert await phone.page.locator(".bubble").count() == before


async def test_the_language_changes_all_around(phone: Phone) -> None:
    await phone.page.get_by_label("语言 Language").select_option("en")
    await phone.settled()
    await expect(phone.page.get_by_role("button", name="Human", exact=True)).to_be_visible()
    await expect(phone.page.locator("html")).to_have_attribute("lang", "en")
    await expect(phone.box).to_have_attribute("aria-label", "Message; Enter sends, Shift+Enter makes a new line")
    await phone.page.reload()
    await expect(phone.page.get_by_role("button", name="Human", exact=True)).to_be_visible()


async def test_the_counter_speaks_up_near_the_limit(phone: Phone) -> None:
    counter = phone.page.locator("#counter")
    await phone.box.fill("字" * 4400)
    await expect(counter).to_be_hidden()
    await phone.box.fill("字" * 4990)
    await expect(counter).to_have_text("还可输入 10 字")
    await phone.box.fill("字" * 5003)
    await expect(counter).to_have_text("超出 3 字，请精简或分几条发送")


async def test_log_in_log_out_and_a_session_that_ends(house: House, browser: Browser) -> None:
    desk = await Phone.opened(browser, house.url + "/staff/log-in")
    desk.complaints.clear()
    await desk.page.get_by_label("用户名").fill("power-1")
    await desk.page.get_by_label("密码").fill("wrong")
    await desk.page.get_by_role("button", name="登录").click()
    await expect(desk.page.get_by_role("alert")).to_contain_text("不对")
    await expect(desk.page.get_by_label("用户名")).to_have_value("power-1")
    await desk.page.get_by_label("密码").fill(house.backend.city.passwords["power-1"])
    await desk.page.get_by_role("button", name="登录").click()
    await desk.sees("徐强")
    await desk.page.get_by_role("navigation").get_by_role("button", name="待办").click()
    await desk.settled()
    other = await desk.context.new_page()
    await other.goto(house.url + "/staff")
    await other.get_by_role("button", name="退出").click()
    await expect(other.get_by_role("heading", name="工作人员登录")).to_be_visible()
    await expect(other.get_by_role("alert")).to_have_text("已退出。")
    await expect(desk.page.get_by_role("heading", name="工作人员登录")).to_be_visible()  # the other page left too


async def log_in_again(desk: Phone, house: House, username: str, told: str) -> None:
    await expect(desk.page.get_by_role("alert")).to_contain_text(told)
    await desk.page.get_by_label("用户名").fill(username)
    await desk.page.get_by_label("密码").fill(house.backend.city.passwords[username])
    await desk.page.get_by_role("button", name="登录").click()
    await expect(desk.page.get_by_role("heading", name="诉求办理工作台")).to_be_visible()


async def test_a_page_left_alone_for_two_hours_asks_for_a_log_in_and_keeps_what_was_typed(
    house: House, browser: Browser
) -> None:
    desk = await logged_in(browser, house, "power-1")
    await desk.sees("徐强")
    await desk.box.fill("已派人到现场，写到一半")
    house.backend.clock.move(minutes=121)
    await log_in_again(desk, house, "power-1", "还没发出的内容都在")
    await expect(desk.box).to_have_value("已派人到现场，写到一半")
    await desk.box.fill("")
    await desk.settled()
    house.backend.clock.move(minutes=121)
    await log_in_again(desk, house, "power-1", "登录已失效")
    assert "内容" not in await desk.page.locator("main").inner_text()


async def test_what_is_sent_after_the_log_in_ended_is_done_after_the_next_one(house: House, browser: Browser) -> None:
    """The confirmation of a reply waits in the page; nothing of the reply is typed again, and it goes out once."""
    await house.close()
    house.staff_check_seconds = 3600.0
    await house.open()
    receipt = await house.backend.client.acting_as("web:1").file_ticket(new_ticket(), key=house.backend.key())
    desk = await logged_in(browser, house, "power-1")
    desk.refusals_expected = True
    await desk.say(receipt.number)
    await desk.press("签收")
    await desk.press(re.compile("^答复$"))
    await desk.say("线路已修好，变压器已更换，恢复正常供电。")
    await desk.press("下一步")
    await desk.press("解决了")
    house.backend.clock.move(minutes=121)
    await desk.button("确认").click()
    await log_in_again(desk, house, "power-1", "还没发出的内容都在")
    await desk.settled()
    ticket = await house.backend.client.acting_as("web:1").view_ticket(receipt.number)
    assert ticket.reply == "线路已修好，变压器已更换，恢复正常供电。"
    assert await models.Event.filter(kind=EventKind.REPLIED).count() == 1


async def test_an_authenticator_app_is_set_up_asked_for_and_turned_off(house: House, browser: Browser) -> None:
    clock = house.backend.clock
    desk = await logged_in(browser, house, "power-1")
    desk.refusals_expected = True
    page = desk.page
    await page.goto(house.url + "/staff/password")
    await page.get_by_role("link", name="两步验证").click()
    await page.get_by_label("现在的密码").fill("wrong")
    await page.get_by_role("button", name="开通").click()
    await expect(page.get_by_role("alert")).to_contain_text("密码不对")
    await page.get_by_label("现在的密码").fill(house.backend.city.passwords["power-1"])
    await page.get_by_role("button", name="开通").click()
    app = pyotp.TOTP(await page.locator("#secret").inner_text())
    link = await page.get_by_role("link", name="在这台设备上").get_attribute("href")
    assert link == app.provisioning_uri(name="power-1", issuer_name="jiesu")
    for code, button in ((app.at(clock.now, counter_offset=40), "确认开通"), (app.at(clock.now), "确认开通")):
        await page.get_by_label("验证码").fill(code)
        await page.get_by_role("button", name=button).click()
    await expect(page.get_by_role("status")).to_contain_text("已开通")
    recovery = await page.locator("#codes li").all_inner_texts()
    assert len(recovery) == 8
    await page.goto(house.url + "/staff")
    await page.get_by_role("button", name="退出").click()
    clock.move(seconds=60)
    for typed, told in ((app.at(clock.now, counter_offset=40), "验证码不对"), (recovery[0], "")):
        if await page.get_by_label("用户名").is_visible():
            await page.get_by_label("用户名").fill("power-1")
            await page.get_by_label("密码").fill(house.backend.city.passwords["power-1"])
            await page.get_by_role("button", name="登录").click()
        await page.get_by_label("验证码").fill(typed)
        await page.get_by_role("button", name="登录").click()
        if told:
            await expect(page.get_by_role("alert")).to_contain_text(told)
    await expect(page.get_by_role("heading", name="诉求办理工作台")).to_be_visible()
    await page.goto(house.url + "/staff/second-factor")
    await expect(page.locator("main")).to_contain_text("还剩 7 个备用码")
    faint = [one for one in await page.evaluate(CONTRASTS) if one[0] < 4.5]
    assert faint == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_label("验证码").fill(app.at(clock.now))
    await page.get_by_role("button", name="关闭").click()
    await expect(page.get_by_role("button", name="开通")).to_be_visible()
    assert [one for one in desk.complaints if "422" not in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_can_be_read_named_and_touched(house: House, browser: Browser, scheme: str) -> None:
    """Names (WCAG 4.1.2), contrast of at least 4.5 (1.4.3), targets, no scrolling sideways (1.4.10)."""
    phone = await Phone.opened(browser, house.url, color_scheme=scheme)
    await phone.sees("您好")
    await phone.press("水电气")
    await phone.box.fill("字" * 5003)
    desk = await logged_in(browser, house, "office")
    await desk.sees("刘洋")
    door = await Phone.opened(browser, house.url + "/staff/log-in", color_scheme=scheme)
    for page in (phone.page, desk.page, door.page):
        controls = await page.evaluate(CONTROLS)
        assert len(controls) >= 3
        assert [one for one in controls if not one["name"]] == []
        assert [one for one in controls if one["tabs"] >= 0 and one["height"] < 40 and one["width"] > 1] == []
        faint = [one for one in await page.evaluate(CONTRASTS) if one[0] < 4.5]
        assert faint == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate("document.querySelectorAll('h1').length") == 1
    log = phone.page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(phone.page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert PHONE["width"] == await phone.page.evaluate("innerWidth")
    assert phone.complaints + desk.complaints + door.complaints == []


async def test_short_texts_in_a_row_are_one(house: House, browser: Browser) -> None:
    await house.reopen(quiet_seconds=60)
    phone = await Phone.opened(browser, house.url)
    await phone.sees("您好")
    for text in ("店里停电了", "从昨晚开始", "整栋楼都没电。"):
        await phone.page.get_by_role("textbox").fill(text)
        await phone.page.get_by_role("textbox").press("Enter")
    await expect(phone.page.get_by_text("先按“停电、电压不稳”给您登记")).to_have_count(1, timeout=60_000)
    await expect(phone.page.locator("html")).to_have_attribute("data-unsent", "0")
