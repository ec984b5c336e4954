"""What a server will not take is refused by itself: it says so beside it, and everything else goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, WebSocketRoute, expect

from bot.web.protocol import FRAME_BYTES
from tests.bot.web.browser import Phone, chromium
from tests.bot.web.conftest import House
from tests.bot.web.pictures import photo
from tests.bot.web.test_browser import logged_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_COUNT_LINES = """
window.lines = 0;
const Plain = WebSocket;
window.WebSocket = class extends Plain { constructor(...all) { super(...all); window.lines += 1; } };
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def enter(phone: Phone, text: str) -> None:
    await phone.box.evaluate("(box, text) => { box.value = text; box.dispatchEvent(new Event('input')) }", text)
    await phone.box.press("Enter")


async def test_each_is_refused_by_itself_in_words_and_the_line_holds(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    phone = await Phone.opened(browser, house.url, scripts=[_COUNT_LINES])
    await phone.sees("您好")
    failed = phone.page.locator(".bubble.you .fate.failed")
    halves = "document.querySelector('#text').value = '跳闸\\ud83d了'"
    for number, (make, words) in enumerate(
        {
            "字" * 10_001: "最多 10000 个字",
            "字" * 30_000: "最多 10000 个字",  # more than a frame may hold
            "": "不完整的字符",
        }.items(),
        start=1,
    ):
        if make:
            await enter(phone, make)
        else:
            await phone.page.evaluate(halves)
            await phone.box.press("Enter")
        await expect(failed).to_have_count(number)
        await expect(failed.last).to_contain_text(words)
        await expect(failed.last).to_be_in_viewport(ratio=1)
    pictures = [tmp_path / f"{number}.png" for number in range(21)]
    for picture in pictures:
        picture.write_bytes(photo(2))
    await phone.page.locator("#files").set_input_files(pictures)
    await expect(failed).to_have_count(4)
    await expect(failed.last).to_contain_text("一次最多发 20 个文件")
    await phone.settled()
    await phone.press("水电气")  # the talk goes on
    await expect(phone.button("停电")).to_be_visible()
    assert await phone.page.evaluate("lines") == 1

    await phone.page.reload()  # it is kept, and not sent
    await expect(failed).to_have_count(3)
    await phone.settled()
    await expect(failed.first).to_contain_text("最多 10000 个字")
    await failed.last.get_by_role("button", name="修改").click()
    await expect(phone.box).to_be_focused()
    await phone.box.fill("跳闸了")
    await failed.last.get_by_role("button", name="删除").click()
    await expect(failed).to_have_count(1)
    await failed.get_by_role("button", name="删除").click()
    await expect(phone.page.locator(".bubble.you .fate")).to_have_count(0)
    await phone.page.reload()
    await phone.settled()
    await expect(failed).to_have_count(0)
    await expect(phone.box).to_have_value("跳闸了")
    assert phone.complaints == []


async def test_staff_are_told_in_their_language_too(house: House, browser: Browser) -> None:
    desk = await logged_in(browser, house, "power-1")
    await desk.sees("徐强")
    await desk.page.get_by_label("语言 Language").select_option("en")
    await desk.settled()
    await enter(desk, "x" * 10_001)
    failed = desk.page.locator(".bubble.you .fate.failed")
    await expect(failed).to_contain_text("10000 characters at most")
    await failed.get_by_role("button", name="Edit").click()
    await expect(desk.box).to_have_value("x" * 10_001)
    await desk.page.get_by_role("navigation").get_by_role("button").first.click()
    await desk.settled()
    assert desk.complaints == []


async def test_a_name_cut_in_the_middle_of_an_emoji_reaches_the_server_whole(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    """Labels, links and file names only help to read: they are shortened, never a reason to refuse."""
    phone = await Phone.opened(browser, f"{house.url}/?start={'x' * 63}😀")
    await phone.sees("链接里的事项现在没有了")
    await phone.page.evaluate(
        "document.querySelector('.head-button[data-command=human]').textContent = 'x'.repeat(199) + '😀'.repeat(9)"
    )
    await phone.page.locator(".head-button[data-command=human]").click()
    await phone.sees("一句话")
    await phone.page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(["MZ"], "半个\\ud83d.exe"));
          const picker = document.querySelector("#files");
          picker.files = files.files;
          picker.dispatchEvent(new Event("change"));
        }"""
    )
    phone.refusals_expected = True
    await phone.sees("收不了")
    await phone.settled()
    assert phone.complaints == []


@pytest.mark.parametrize(("code", "words"), [(1008, "服务器收不下"), (1009, "最多 10000 个字")])
async def test_a_line_closed_over_a_message_does_not_get_it_again(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    """A server of another version, or one behind a narrower gate, may do no better than to close."""
    monkeypatch.setattr("bot.web.sitting.refusal_of", lambda _: None)
    monkeypatch.setattr("bot.web.sitting.FRAME_BYTES", 2000 if code == 1009 else FRAME_BYTES)
    phone = await Phone.opened(browser, house.url, scripts=[_COUNT_LINES])
    await phone.sees("您好")
    await enter(phone, "字" * 10_001 if code == 1008 else "字" * 1000)
    await enter(phone, "人工")
    failed = phone.page.locator(".bubble.you .fate.failed")
    await expect(failed).to_contain_text(words)
    await phone.sees("一句话")
    await phone.settled()
    assert await phone.page.evaluate("lines") == 2
    assert await failed.get_by_role("button", name="重试").count() == (1 if code == 1008 else 0)
    assert phone.complaints == []


@pytest.mark.realtime  # the page's clock runs on beside the test's
async def test_pauses_between_tries_grow_until_a_line_has_held(house: House, browser: Browser) -> None:
    """Not only until it opens: a server that says ready and closes at once would be asked twice a second for ever."""
    phone = await Phone.opened(browser, house.url)
    await phone.sees("您好")
    await phone.page.clock.install()
    opened: list[int] = []
    lines: list[WebSocketRoute] = []
    first = asyncio.Event()

    async def server(line: WebSocketRoute) -> None:
        opened.append(await phone.page.evaluate("Date.now()"))
        lines.append(line)
        first.set()

        def answer(message: str | bytes) -> None:
            if '"ping"' in str(message):
                line.send('{"type":"pong"}')
            if '"hello"' not in str(message):
                return
            line.send('{"type":"welcome","fresh":false}')
            line.send('{"type":"ready"}')

        line.on_message(answer)

    await phone.page.route_web_socket("**/chat/ws", server)
    await phone.page.reload()
    await asyncio.wait_for(first.wait(), 15)

    async def tries(number: int) -> list[float]:
        """Pauses before the next lines, each cut as soon as it is ready."""
        pauses = []
        for _ in range(number):
            known = len(opened)
            closed = await phone.page.evaluate("Date.now()")
            await lines[-1].close(code=1011)
            for _ in range(200):
                if len(opened) > known:
                    break
                await phone.page.clock.run_for(100)
            pauses.append((opened[-1] - closed) / 1000)
        return pauses

    pauses = await tries(8)
    assert pauses[0] < 1
    assert max(pauses) <= 15.5
    assert min(pauses[5:]) >= 7
    assert len({round(pause, 1) for pause in pauses[5:]}) > 1  # not all pages at once
    await asyncio.sleep(1)  # it gets ready; how long it holds counts from then
    await phone.page.clock.run_for(12_000)
    assert (await tries(1))[0] < 1
