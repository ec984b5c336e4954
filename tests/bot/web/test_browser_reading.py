"""What is in view on a page: one thing scrolls, new messages come into view or are marked, and are read out once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.async_api import Browser, Page, expect

from backend import models
from bot.web.protocol import Bubble, ButtonOut, RunOut
from dialogs.delivery.notifier import LEASE_SECONDS
from tests.backend.city import new_ticket
from tests.bot.web.browser import Phone, chromium
from tests.bot.web.conftest import House
from tests.bot.web.test_browser import logged_in
from tests.botapi.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {
    "a small phone": (320, 568),
    "a phone on its side": (740, 360),
    "a phone with its keyboard open": (360, 330),
    "a laptop at 200 %": (640, 360),
    "as small as pages must bear": (320, 256),
}
"""CSS pixels; the last is WCAG 1.4.10."""

LEASE = timedelta(seconds=LEASE_SECONDS)
_KEYS = count(1)

_LAYOUT = """
() => {
  const box = (id) => document.querySelector(id).getBoundingClientRect();
  const talk = document.querySelector("#talk");
  return {
    page: [document.scrollingElement.scrollHeight - innerHeight, document.scrollingElement.scrollWidth - innerWidth],
    moved: [scrollY, document.body.scrollTop],
    below: Math.round(innerHeight - box("#composer").bottom),
    head: Math.round(box(".head").top),
    room: Math.round(talk.clientHeight),
    sideways: talk.scrollWidth - talk.clientWidth,
  };
}
"""

_FROM_END = "() => { const t = document.querySelector('#talk'); return t.scrollHeight - t.scrollTop - t.clientHeight }"
"""Pixels."""

_SAFARI_KEYBOARD = """
const view = new EventTarget();
Object.assign(view, {height: innerHeight, scale: 1});
Object.defineProperty(window, "visualViewport", {value: view});
"""

_HIDEABLE = """
Object.defineProperty(document, "hidden", {get: () => window.away ?? false});
window.turn = (away) => { window.away = away; document.dispatchEvent(new Event("visibilitychange")) };
"""
"""A page of which a test says whether its tab is in front."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def said(lines: int, text: str = "办理情况") -> Bubble:
    row = [ButtonOut(label="查看工单", command="menu")]
    words = "\n".join(f"{text} {line}" for line in range(lines))
    key = f"test.{next(_KEYS)}"
    return Bubble(key=key, who="us", at=datetime.now(UTC), language="zh_CN", text=[RunOut(text=words)], rows=[row])


async def tell(house: House, channel: str, *bubbles: Bubble) -> None:
    """To whoever has a page of this channel open."""
    for address in house.rooms.addresses(channel):
        await house.rooms.publish(f"{channel}:{address}", bubbles)


async def long_talk(house: House, phone: Phone, channel: str = "web") -> None:
    await tell(house, channel, *(said(4) for _ in range(40)), last := said(2, "最后一条"))
    await expect(phone.page.get_by_text(last.text[0].text.split("\n")[1])).to_be_attached()
    await phone.page.evaluate("() => { const t = document.querySelector('#talk'); t.scrollTop = t.scrollHeight }")
    await expect(phone.page.get_by_text(last.text[0].text.split("\n")[1])).to_be_in_viewport()


_AT_REST = """async ([before, up]) => {
    const talk = document.querySelector('#talk');
    const end = up ? 0 : talk.scrollHeight - talk.clientHeight;
    const top = talk.scrollTop;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return talk.scrollTop === top && (top !== before || Math.abs(top - end) < 2);
}"""


async def wheel(page: Page, pixels: int) -> None:
    """Turn it, and wait until the talk has come to rest: the browser scrolls a moment later."""
    await page.locator("#talk").hover()
    before = await page.evaluate("document.querySelector('#talk').scrollTop")
    await page.mouse.wheel(0, pixels)
    await page.wait_for_function(_AT_REST, arg=[before, pixels < 0])


async def test_only_the_talk_scrolls_on_every_screen(house: House, browser: Browser) -> None:
    """With forty messages in it the page was twenty screens high, without its head, and the message box floated."""
    phone = await Phone.opened(browser, house.url)
    await phone.sees("您好")
    desk = await logged_in(browser, house, "office")
    await desk.sees("刘洋")
    await long_talk(house, phone)
    await long_talk(house, desk, "web-staff")
    for one in (phone, desk):
        await one.box.fill("一行\n两行\n三行\n四行\n五行\n六行\n七行\n八行")
        for name, (width, height) in SCREENS.items():
            await one.page.set_viewport_size({"width": width, "height": height})
            await expect(one.page.locator(".bubble").last).to_be_in_viewport()  # the end stays in view
            layout = await one.page.evaluate(_LAYOUT)
            assert layout["page"] == [0, 0], name
            assert layout["below"] == 0, name
            assert layout["sideways"] == 0, name
            assert layout["room"] >= 80, name
            await wheel(one.page, -5000)
            await wheel(one.page, 9000)
            await one.box.focus()
            assert (await one.page.evaluate(_LAYOUT))["moved"] == [0, 0], name
        await one.page.set_viewport_size({"width": 360, "height": 740})
        assert (await one.page.evaluate(_LAYOUT))["head"] == 0
    assert phone.complaints + desk.complaints == []


async def test_a_keyboard_laid_over_the_page_leaves_the_message_box_in_sight(house: House, browser: Browser) -> None:
    """As Safari does: the page keeps its height, what is seen of it shrinks."""
    phone = await Phone.opened(browser, house.url, scripts=[_SAFARI_KEYBOARD])
    await phone.sees("您好")
    await long_talk(house, phone)
    bottom = "document.querySelector('#composer').getBoundingClientRect().bottom"
    for change, seen in (("height: 400", 400), ("scale: 2, height: 200", 740), ("scale: 1, height: 740", 740)):
        await phone.page.evaluate(
            f"Object.assign(visualViewport, {{{change}}}); visualViewport.dispatchEvent(new Event('resize'))"
        )
        assert round(await phone.page.evaluate(bottom)) == seen
        await expect(phone.page.locator(".bubble").last).to_be_in_viewport()
    assert phone.complaints == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
async def test_who_is_at_the_end_is_scrolled_along(house: House, browser: Browser, motion: str) -> None:
    """Also by messages close behind each other; of more than a screen at once, to where it begins."""
    phone = await Phone.opened(browser, house.url, reduced_motion=motion)
    await phone.sees("您好")
    mark = phone.page.locator("#new-below")
    await long_talk(house, phone)
    for number in range(3):
        await tell(house, "web", said(3, f"甲{number}"), said(1, f"乙{number}"))
        await tell(house, "web", said(2, f"丙{number}"))
        await expect(phone.page.get_by_text(f"丙{number} 1")).to_be_in_viewport()
        await phone.page.wait_for_function(f"() => ({_FROM_END})() < 24")
    await expect(mark).to_be_hidden()
    await tell(house, "web", said(60, "长文"), said(2, "长文之后"))
    await expect(phone.page.get_by_text("长文 0", exact=False).first).to_be_in_viewport()
    await expect(mark).to_have_text("↓ 下面有 1 条新消息")
    assert await phone.page.evaluate(_FROM_END) > 500
    assert phone.complaints == []


async def test_who_reads_further_up_sees_a_mark_that_leads_to_what_is_new(house: House, browser: Browser) -> None:
    phone = await Phone.opened(browser, house.url)
    await phone.sees("您好")
    await long_talk(house, phone)
    mark = phone.page.locator("#new-below")
    await wheel(phone.page, -1500)
    top = await phone.page.evaluate("document.querySelector('#talk').scrollTop")
    await tell(house, "web", first := said(30, "新的"), said(2, "更新的"))
    await expect(mark).to_have_text("↓ 下面有 2 条新消息")
    assert await phone.page.evaluate("document.querySelector('#talk').scrollTop") == top
    await expect(mark).to_be_in_viewport(ratio=1)
    await mark.click()
    bubble = phone.page.locator(".bubble").filter(has_text=first.text[0].text.split("\n")[29])
    await expect(bubble).to_be_focused()
    await expect(bubble).to_be_in_viewport()
    await expect(mark).to_have_text("↓ 下面有 1 条新消息")
    assert await phone.page.evaluate(
        "() => document.activeElement.getBoundingClientRect().top >= document.querySelector('.head').offsetHeight"
    )
    await wheel(phone.page, 9000)
    await expect(mark).to_be_hidden()
    await tell(house, "web", said(2, "最新的"))
    await expect(phone.page.get_by_text("最新的 1")).to_be_in_viewport()
    await phone.page.get_by_label("语言 Language").select_option("en")
    await phone.settled()
    await wheel(phone.page, -1500)
    await tell(house, "web", said(2))
    await expect(mark).to_have_text("↓ New messages below: 1")
    await phone.say("menu")  # whoever writes is led to the end
    await expect(mark).to_be_hidden()
    assert phone.complaints == []


async def test_a_new_message_is_read_out_once(house: House, browser: Browser) -> None:
    """The log is the only live region it enters; what was said before a reload is not read out again."""
    watch = """
    addEventListener("DOMContentLoaded", () => {
      window.heard = [];
      const live = (node) => node.parentElement?.closest("[aria-live], [role=log], [role=status], [role=alert]");
      new MutationObserver((changes) => {
        for (const {addedNodes} of changes) for (const node of addedNodes) {
          const region = live(node);
          if (region && region.ariaLive !== "off") heard.push(node.textContent);
        }
      }).observe(document.body, {childList: true, subtree: true});
    });
    """
    phone = await Phone.opened(browser, house.url, scripts=[watch])
    await phone.sees("您好")
    await long_talk(house, phone)
    await wheel(phone.page, -1500)
    await tell(house, "web", said(1, "只读一次"))
    await expect(phone.page.locator("#new-below")).to_be_visible()
    heard = await phone.page.evaluate("heard")
    assert len([one for one in heard if "只读一次" in one]) == 1
    assert [one for one in heard if "新消息" in one] == []
    await phone.page.reload()
    await phone.sees("只读一次")
    assert await phone.page.evaluate("heard") == []
    await expect(phone.page.locator("#new-below")).to_be_hidden()
    assert phone.complaints == []


async def test_a_notice_counts_as_seen_once_it_was_in_view_of_a_page_in_front(house: House, browser: Browser) -> None:
    """It counted as soon as it was on the page, below the fold and in a tab behind others too: a question stopped the
    clock that nobody had read. The house stops waiting long before somebody looks.
    """
    house.confirm_seconds = 0.05
    await house.close()
    await house.open()
    phone = await Phone.opened(browser, house.url, scripts=[_HIDEABLE])
    await phone.sees("您好")
    await long_talk(house, phone)
    [address] = house.rooms.addresses("web")
    await wheel(phone.page, -1500)
    await house.backend.client.acting_as(f"web:{address}").file_ticket(new_ticket(), key=house.backend.key())
    await expect(phone.page.locator("#new-below")).to_have_text("↓ 下面有 1 条新消息")

    async def given_back() -> bool:
        notice = await models.Notice.get(channel="web", address=address)
        return notice.done_at is None and notice.attempts == 1 and notice.ready_at < house.backend.clock() + LEASE

    await eventually(given_back)
    await phone.page.evaluate("turn(true)")
    await wheel(phone.page, 9000)
    await expect(phone.page.locator(".bubble").last).to_be_in_viewport()
    assert await given_back()
    await phone.page.evaluate("turn(false)")
    await eventually(lambda: models.Notice.filter(channel="web", address=address, outcome="sent").exists())
    assert phone.complaints == []
