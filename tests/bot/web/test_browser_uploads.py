"""Photos that take their time to go up: what is written meanwhile waits, and none is lost without a word."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Dialog, Locator, Route, expect

from tests.bot.web.browser import Phone, chromium
from tests.bot.web.conftest import House
from tests.bot.web.pictures import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES = "**/chat/files"
SLOW = 60_000
"""Milliseconds that a busy machine may take for what a person waits for."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def phone(house: House, browser: Browser) -> Phone:
    """A page whose form asks what happened."""
    phone = await Phone.opened(browser, house.url)
    phone.context.set_default_timeout(SLOW)
    await phone.sees("您好")
    await phone.press("其他问题")
    phone.refusals_expected = phone.server_may_be_away = True
    return phone


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    picture = tmp_path / "电表.png"
    picture.write_bytes(photo())
    return picture


def failed(phone: Phone) -> Locator:
    return phone.page.locator(".bubble.you .fate.failed")


async def said(phone: Phone) -> list[str]:
    """What the person has said and the server knows, oldest first."""
    await expect(phone.page.locator("html")).to_have_attribute("data-unsent", "0", timeout=SLOW)
    await phone.page.reload()
    await expect(phone.page.locator(".bubble.you").last).to_be_visible(timeout=SLOW)
    words = await phone.page.locator(".bubble.you .words").all_text_contents()
    return [one.strip() for one in words]


async def test_what_is_written_while_a_photo_goes_up_waits_for_it(phone: Phone, picture: Path) -> None:
    arrived = asyncio.Event()

    async def slow(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    await phone.page.route(FILES, slow)
    await phone.attach(picture)
    await phone.box.fill("门口的井盖坏了三天，车辆都要绕行。")
    await phone.box.press("Enter")
    await expect(phone.page.locator(".bubble.you .fate").last).to_contain_text("等上面的文件传完")
    arrived.set()
    assert (await said(phone))[1:] == ["📎 电表.png", "门口的井盖坏了三天，车辆都要绕行。"]
    await expect(phone.page.locator(".bubble", has_text="没有发出去")).to_have_count(0)
    assert phone.complaints == []


async def test_a_photo_that_is_not_wanted_any_more_holds_nothing_up(phone: Phone, picture: Path) -> None:
    await phone.page.route(FILES, lambda _: asyncio.sleep(0))  # never answered
    await phone.attach(picture)
    await phone.box.fill("门口的井盖坏了三天，车辆都要绕行。")
    await phone.box.press("Enter")
    await phone.page.locator(".bubble.you .fate").get_by_role("button", name="删除").click()
    assert (await said(phone))[1:] == ["门口的井盖坏了三天，车辆都要绕行。"]
    assert phone.complaints == []


async def test_a_page_left_in_the_middle_of_an_upload_warns_and_says_afterwards_what_was_not_sent(
    phone: Phone, picture: Path
) -> None:
    warned: list[str] = []

    async def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        await dialog.accept()

    phone.page.on("dialog", leave)
    await phone.page.route(FILES, lambda _: asyncio.sleep(0))  # never answered
    await phone.attach(picture)
    await expect(phone.page.locator("progress")).to_be_visible()
    other = Phone(phone.context, await phone.context.new_page())
    await other.page.goto(phone.page.url)
    await expect(other.page.locator(".bubble.us").first).to_be_visible()
    await expect(failed(other)).to_have_count(0)  # it is still on its way, elsewhere
    await phone.page.reload()
    assert warned == ["beforeunload"]
    await expect(failed(phone)).to_contain_text("请重新选择文件")
    await expect(phone.page.locator(".bubble.you", has=phone.page.locator(".fate.failed"))).to_contain_text("电表.png")
    await failed(phone).get_by_role("button", name="删除").click()
    assert len(await said(phone)) == 1
    await expect(failed(phone)).to_have_count(0)
    assert warned == ["beforeunload"]
    assert phone.complaints + other.complaints == []


async def test_an_upload_that_came_too_slowly_is_tried_again(phone: Phone, picture: Path) -> None:
    tries: list[int] = []

    async def slow(route: Route) -> None:
        tries.append(408)
        await (route.fulfill(status=408) if len(tries) == 1 else route.continue_())

    await phone.page.route(FILES, slow)
    await phone.attach(picture)
    assert (await said(phone))[1:] == ["📎 电表.png"]
    assert len(tries) == 2


async def test_an_upload_given_up_after_two_minutes_says_so_and_can_be_tried_again(phone: Phone, picture: Path) -> None:
    tries: list[int] = []

    async def away(route: Route) -> None:
        tries.append(0)
        await route.abort("connectionreset")

    await phone.page.clock.install()
    await phone.page.route(FILES, away)
    await phone.attach(picture)
    async with asyncio.timeout(SLOW / 1000):
        while not await failed(phone).count():
            await phone.page.clock.run_for(5000)
    assert len(tries) == 8
    await expect(failed(phone)).to_contain_text("没有传上去")
    await expect(phone.page.locator(".bubble", has_text="没有发出去")).to_have_count(0)
    await phone.page.unroute(FILES)
    await failed(phone).get_by_role("button", name="重试").click()
    assert (await said(phone))[1:] == ["📎 电表.png"]
