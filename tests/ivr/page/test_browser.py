"""The call panel in a real browser, with a real microphone's stand-in, against small talks of the test."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from ivr.audio import loudness, tone
from ivr.call import Audio, Caption, Digit, EndReason, MediaCall
from tests.bot.web.browser import CONTRASTS, CONTROLS, chromium
from tests.ivr.contract import LOUD, Events, loud_frames
from tests.ivr.page.browser import FAKE_MICROPHONE, Caller, write_microphone
from tests.ivr.page.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(*FAKE_MICROPHONE) as browser:
        yield browser


@pytest.fixture
async def caller(office: Office, browser: Browser) -> AsyncIterator[Caller]:
    """Somebody at the page, with a microphone that says what the test says."""
    await office.open()
    caller = await Caller.opened(browser, office.url, own_microphone=True)
    yield caller
    assert caller.phone.complaints == []


async def answer_everything(call: MediaCall) -> None:
    """Says a tone, and tells what it hears: keys at once, speech when it is over."""
    call.play(tone(440, 0.5))
    call.show(Caption("said", "您好，请说。"))
    loud = quiet = 0
    async for event in call.events():
        if isinstance(event, Digit):
            call.show(Caption("said", f"您按了{event.digit}。"))
        elif isinstance(event, Audio):
            is_loud = loudness(event.frame) > LOUD
            loud, quiet = loud + is_loud, 0 if is_loud else quiet + 1
            if loud > 15 and quiet == 25:
                call.show(Caption("heard", f"响了{loud / 50:.1f}秒"))
                loud = 0


def keeper(office: Office) -> list[Events]:
    """Have the talk only listen; each call's events are kept."""
    kept: list[Events] = []

    async def listen(call: MediaCall) -> None:
        kept.append(Events(call))
        await kept[-1].all_taken()

    office.talk = listen
    return kept


async def test_a_call_both_ways(office: Office, caller: Caller) -> None:
    office.talk = answer_everything
    await caller.call()
    await caller.reads("您好，请说。")
    await caller.press("10#")
    await caller.reads("您按了#。")
    assert await caller.captions("said") == ["您好，请说。", "您按了1。", "您按了0。", "您按了#。"]
    await caller.say(tone(500, 1.0), 0.6)
    await caller.reads("响了1", "heard")
    assert await caller.energy_heard() > 0.001
    await caller.hang_up()
    await caller.over()
    call = await office.called()
    assert call.transport == "page"
    await expect(caller.button("再次拨打")).to_be_focused()
    await office.quiet()


async def test_the_talk_hangs_up(office: Office, caller: Caller) -> None:
    async def farewell(call: MediaCall) -> None:
        call.play(tone(440, 0.3))
        await call.drained()
        call.show(Caption("said", "再见。"))

    office.talk = farewell
    await caller.open_panel()
    await caller.button("拨打").click()
    await caller.over()
    assert await caller.captions() == ["再见。"]
    await expect(caller.notice).to_be_hidden()
    await expect(caller.button("挂断")).to_be_hidden()


async def test_a_fake_microphone_of_the_browser_is_heard(office: Office, tmp_path: Path) -> None:
    """The way without any script in the page: the browser's own fake microphone, which plays recorded speech."""
    kept = keeper(office)
    flag = write_microphone(tmp_path / "said.wav", 3.0, ("zf_xiaobei", "menu02"), 1.0, tone(500, 1.0))
    await office.open()
    async with chromium(*FAKE_MICROPHONE, flag) as browser:
        caller = await Caller.opened(browser, office.url)
        await caller.call()
        events = kept[0]
        await events.until(7 * 50)
        await caller.hang_up()
        assert await events.ended() is EndReason.HANGUP
    assert loud_frames(events.audio) > 70  # the phrase is half a second, the tone one


async def test_the_keyboard_is_enough(office: Office, caller: Caller) -> None:
    kept = keeper(office)
    keys, focused = caller.page.keyboard, caller.page.locator(":focus")
    await caller.page.get_by_role("button", name="打电话").focus()
    await keys.press("Enter")
    await expect(focused).to_have_text("拨打")
    await keys.press("Enter")
    await expect(focused).to_have_text("挂断")
    await caller.talking()
    await keys.type("07*")
    await keys.press("Shift+#")
    await expect(caller.panel.locator("[data-side=pressed] p")).to_have_text("0 7 * #")
    await keys.press("Escape")
    await expect(caller.panel).to_be_visible()
    await caller.talking()
    await keys.press("Shift+Tab")
    await expect(focused).to_have_text("静音")
    await keys.press("Space")
    await expect(focused).to_have_attribute("aria-pressed", "true")
    await keys.press("Tab")
    await keys.press("Enter")
    await caller.over()
    assert kept[0].digits == "07*#"
    await keys.press("Escape")
    await expect(caller.panel).to_be_hidden()
    await expect(focused).to_have_id("call")


async def test_a_muted_caller_is_silent_and_stays(office: Office, caller: Caller) -> None:
    kept = keeper(office)
    await caller.call()
    await caller.button("静音").click()
    await caller.say(tone(500, 1.0))
    await kept[0].until(len(kept[0].all) + 25)
    assert loud_frames(kept[0].audio) == 0
    await caller.button("静音").click()
    await caller.say(tone(500, 1.0), 0.3)
    await caller.hang_up()
    await kept[0].ended()
    assert 35 <= loud_frames(kept[0].audio) <= 55


async def test_a_refused_microphone_is_explained_and_one_may_call_without(office: Office) -> None:
    kept = keeper(office)
    await office.open(quiet_seconds=1)
    async with chromium("--use-fake-device-for-media-stream", "--deny-permission-prompts") as browser:
        caller = await Caller.opened(browser, office.url)
        await caller.open_panel()
        await caller.button("拨打").click()
        await expect(caller.notice).to_contain_text("麦克风没有获得允许")
        assert not kept
        await caller.button("不用麦克风，只听和按键").click()
        await caller.talking()
        await expect(caller.button("静音")).to_be_disabled()
        await kept[0].until(100)  # nobody takes the silence for a dead line
        await caller.press("5")
        await expect(caller.notice).to_be_hidden()
        await caller.hang_up()
        assert await kept[0].ended() is EndReason.HANGUP
        assert kept[0].digits == "5"
        assert caller.phone.complaints == []


async def test_a_page_without_tls_says_why_it_has_no_microphone(office: Office) -> None:
    """Its browser also hides its addresses behind mDNS names, which we never look up."""
    kept = keeper(office)
    await office.open()
    async with chromium(*FAKE_MICROPHONE, "--host-resolver-rules=MAP phone.example 127.0.0.1") as browser:
        for locale, call, told in (("zh-CN", "打电话", "https 开头"), ("en-GB", "Call", "begins with https")):
            caller = await Caller.opened(browser, office.url.replace("127.0.0.1", "phone.example"), locale=locale)
            await caller.page.get_by_role("button", name=call).click()
            await expect(caller.notice).to_contain_text(told)
            await expect(caller.panel.locator(".call-start")).to_be_hidden()
            await expect(caller.panel.locator(".call-silent")).to_be_focused()
        await caller.panel.locator(".call-silent").click()
        await expect(caller.state).to_have_text("Connected", timeout=15000)
        await caller.press("3")
        await caller.panel.locator(".call-end").click()
        await kept[0].ended()
        assert kept[0].digits == "3"


async def test_two_tabs_have_a_call_each_and_a_third_is_told_to_wait(office: Office, browser: Browser) -> None:
    kept = keeper(office)
    await office.open(max_calls=2)
    first = await Caller.opened(browser, office.url)
    await first.call()
    second = await first.another()
    await second.call()
    third = await first.another()
    third.phone.refusals_expected = True
    await third.open_panel()
    await third.button("拨打").click()
    await expect(third.notice).to_contain_text("线路都在通话中")
    await first.press("1")
    await second.press("2")
    await first.hang_up()
    await kept[0].ended()
    await third.button("再次拨打").click()
    await third.talking()
    await second.press("2")
    await second.hang_up()
    await kept[1].ended()
    assert [events.digits for events in kept] == ["1", "22", ""]


async def test_a_closed_page_ends_its_call_soon(office: Office, caller: Caller) -> None:
    kept = keeper(office)
    await caller.call()
    await caller.page.close()
    async with asyncio.timeout(3):
        await kept[0].ended()


async def test_a_stopping_service_says_so(office: Office, caller: Caller) -> None:
    keeper(office)
    await caller.call()
    await office.stop()
    await caller.over()
    await expect(caller.notice).to_contain_text("系统正在重启")


async def test_the_longest_call_is_explained(office: Office, browser: Browser) -> None:
    keeper(office)
    await office.open(max_seconds=2.5)
    caller = await Caller.opened(browser, office.url)
    await caller.open_panel()
    await caller.button("拨打").click()
    await caller.over()
    await expect(caller.notice).to_contain_text("最长时间")
    await expect(caller.panel.get_by_role("timer")).to_have_text(re.compile("00:0[12]"))


async def test_a_double_press_of_call_does_not_hang_up(office: Office, caller: Caller) -> None:
    kept = keeper(office)
    await caller.open_panel()
    await caller.button("拨打").dblclick()
    await caller.talking()
    assert len(kept) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (320, 480), (740, 360), (1280, 900)])
async def test_everything_can_be_read_named_and_touched(
    office: Office, browser: Browser, scheme: str, size: tuple[int, int]
) -> None:
    """Names (WCAG 4.1.2), contrast of at least 4.5 (1.4.3), targets, no scrolling sideways (1.4.10)."""
    office.talk = answer_everything
    await office.open()
    width, height = size
    caller = await Caller.opened(browser, office.url, color_scheme=scheme, viewport={"width": width, "height": height})
    await caller.call()
    await caller.reads("您好，请说。")
    for under_way in (True, False):
        controls = await caller.page.evaluate(CONTROLS)
        assert len(controls) >= 14
        assert [one for one in controls if not one["name"]] == []
        inside = await caller.panel.locator("button:visible").evaluate_all(_BOXES)
        assert [box for box in inside if box["height"] < 40 or box["bottom"] > height or box["right"] > width] == []
        assert [one for one in await caller.page.evaluate(CONTRASTS) if one[0] < 4.5] == []
        assert await caller.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if under_way:
            await caller.hang_up()
            await caller.over()
    await expect(caller.panel.get_by_role("log")).to_have_attribute("aria-live", "polite")
    assert caller.phone.complaints == []


_BOXES = "all => all.map(one => one.getBoundingClientRect().toJSON())"
