"""A cheap phone on a bad line: nothing typed while a page comes is lost, one that cannot work says so."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Route, ViewportSize, expect

from bot.web.pages import FOLDER
from tests.bot.web.browser import Phone, chromium
from tests.bot.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL: ViewportSize = {"width": 320, "height": 568}
_TOO_NEW = "class Anything { #new; #er() { @@ } }"  # what a browser of before 2020 makes of private methods: no sense


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def test_words_typed_while_the_scripts_are_on_their_way_are_kept(house: House, browser: Browser) -> None:
    page = await browser.new_page(viewport=SMALL, locale="zh-CN")
    there = asyncio.Event()

    async def late(route: Route) -> None:
        await there.wait()
        await route.continue_()

    await page.route("**/chat.js", late)
    await page.goto(house.url, wait_until="commit")
    box = page.locator("#text")
    await box.fill("停电两天了")
    await expect(page.locator("#send")).to_be_disabled()
    await expect(page.locator("#state")).to_have_text("正在连接……")
    there.set()
    await page.locator("#send").click()
    await expect(page.locator(".bubble.you .words").last).to_have_text("停电两天了")
    await expect(page.locator("#state")).to_be_hidden()
    assert page.url == f"{house.url}/"

    there.clear()
    await box.fill("从前写的")
    await page.reload(wait_until="commit")
    await box.fill("刚才写的")
    there.set()
    await expect(page.locator("#send")).to_be_enabled()
    await expect(box).to_have_value("从前写的\n刚才写的")


@pytest.mark.parametrize("how", ["too old", "cut off"])
async def test_a_page_whose_scripts_do_not_run_says_what_to_do(house: House, browser: Browser, how: str) -> None:
    page = await browser.new_page(viewport=SMALL, locale="zh-CN", reduced_motion="reduce")

    async def broken(route: Route) -> None:
        if how == "cut off":
            await route.abort("connectionreset")
        else:
            await route.fulfill(body=_TOO_NEW, content_type="text/javascript")

    await page.route("**/line.js", broken)
    await page.goto(house.url)
    late = page.locator("#late")
    await expect(late).to_be_hidden()
    await late.evaluate("late => late.getAnimations().forEach(one => one.finish())")
    await expect(late).to_be_visible()
    await expect(late).to_contain_text("浏览器太旧")
    await expect(page.locator("#send")).to_be_disabled()


async def test_at_twice_the_letters_everything_is_within_a_small_screen(house: House, browser: Browser) -> None:
    phone = await Phone.opened(browser, house.url, viewport=SMALL)
    await phone.sees("您好")
    assert await phone.page.evaluate("document.querySelector('.head').offsetHeight") < 70, "one line at common size"
    await phone.page.evaluate("document.documentElement.style.fontSize = '200%'")
    for control in await phone.page.locator(".head-actions > *, .composer-row > *").all():
        if await control.is_visible():
            await expect(control).to_be_in_viewport(ratio=1)
    overlap = "document.querySelector('.head-names').getBoundingClientRect().right"
    assert await phone.page.evaluate(overlap) <= SMALL["width"]
    letters = "getComputedStyle(document.querySelector('#text')).fontSize"
    size = float((await phone.page.evaluate(letters)).removesuffix("px"))
    room = "(({clientWidth}, {paddingLeft}) => clientWidth - 2 * parseFloat(paddingLeft))(text, getComputedStyle(text))"
    assert await phone.page.evaluate(room) >= 3.5 * size, "a few characters a line"


def test_what_older_browsers_do_not_know_costs_them_that_alone() -> None:
    css = re.sub(r"/\*.*?\*/", "", (FOLDER / "chat.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"var\([^)]*dvh", css), "an unknown unit in var() makes the whole value invalid"
    for selectors in re.findall(r"([^{}]+)\{", css):
        parts = [":has(" in one for one in re.split(r",(?![^(]*\))", selectors)]
        assert all(parts) or not any(parts), f"an unknown selector drops the whole rule: {selectors}"
