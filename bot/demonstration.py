"""Plays one whole loop through the web chat, as browsers would, and shows both sides."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp

Write = Callable[[str], None]

_PATIENCE = 20.0
"""Seconds a step may take."""
_TOO_FAST = 1.0
_NUMBER = re.compile(r"\b\d{12,13}\b|\b\d{6} \d{5,6} \d\b")


class DemonstrationError(Exception):
    """A step did not go as it should."""


async def demonstrate(url: str, passwords: Mapping[str, str], write: Write) -> str:
    """A factory reports a power cut; it is asked something, answers, is not satisfied, and a colleague does it again.

    `passwords` are the demo city's, by user name. Returns the ticket's number. Raises DemonstrationError at the first
    step that fails.
    """
    async with Page.opened(url, "chat", "企业", write) as factory:
        number = await _file(factory)
        async with _at_work(url, "power-1", passwords, write) as handler:
            await _handle(handler, factory, number)
        await _rate(factory, number, "dissatisfied", "no", "昨晚又停了两个小时")
        async with _at_work(url, "power-2", passwords, write) as colleague:
            await _handle_again(colleague, factory, number)
            await _rate(factory, number, "satisfied", "yes", "")
            await colleague.press(f"ticket:{number}")
            await colleague.press(f"timeline:{number}")
            await colleague.expect("办理过程")
    return number


def _at_work(url: str, username: str, passwords: Mapping[str, str], write: Write) -> AbstractAsyncContextManager[Page]:
    return Page.opened(url, "staff", username, write, {"username": username, "password": passwords[username]})


async def _file(page: Page) -> str:
    """By buttons and by typing, with a slip that is explained; returns the ticket's number."""
    await page.start("power-cut")
    await page.press("反复停电跳闸")
    await page.press("城东区")
    await page.say("东门街道")
    await page.say("建设路18号")
    await page.say("2月30日")
    await page.say("上周五")
    await page.say("六次")
    await page.press("直接交供电公司")
    await page.press("部分停产")
    await page.say("没打过")
    await page.say("每次都是下午两点左右，停四十分钟，料全废了。希望查清原因、提前通知。")
    await page.press("跳过")
    await page.say("宏达制造有限公司")
    await page.say("王小明")
    await page.say("13800138000")
    await page.press("改一个月停电次数")
    await page.say("7")
    await page.press("确认提交")
    found = _NUMBER.search(await page.expect("查询码"))
    if found is None:
        raise DemonstrationError("the acceptance notice names no number")
    return found[0].replace(" ", "")


async def _handle(handler: Page, factory: Page, number: str) -> None:
    """Sign, ask, get the answer, reply."""
    await handler.expect(number)
    await handler.press(f"ticket:{number}")
    await handler.press(f"sign:{number}")
    await handler.press(f"ask:{number}")
    await handler.say("停电时厂里的总开关有没有跳？")
    await handler.press("确认")
    await factory.expect("总开关")
    await factory.press(f"answer:{number}")
    await factory.say("没有跳，是外面线路没电。")
    await factory.press("发完了")
    await handler.expect("外面线路没电")
    await _reply(handler, factory, number, "已更换老化的线路开关，今后停电提前一天通知。")


async def _handle_again(colleague: Page, factory: Page, number: str) -> None:
    await colleague.expect(number)
    await colleague.press(f"ticket:{number}")
    await colleague.press(f"sign:{number}")
    await _reply(colleague, factory, number, "已更换变压器，并装了监测，一周内无停电。")


async def _reply(page: Page, factory: Page, number: str, text: str) -> None:
    await page.press(f"ticket:{number}")
    await page.press(f"reply:{number}")
    await page.say(text)
    await page.press("下一步")
    await page.press("solved:")
    await page.press("确认")
    await factory.expect(text)


async def _rate(factory: Page, number: str, grade: str, solved: str, comment: str) -> None:
    await factory.press(f"grade:{number}:{grade}")
    await factory.press(f"solved:{number}:{grade}:{solved}")
    if comment:
        await factory.say(comment)
    else:
        await factory.press("跳过")


class Page:
    """One open page of the web chat."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, who: str, write: Write) -> None:
        self._socket = socket
        self._who = who
        self._write = write
        self._shown: dict[str, dict[str, Any]] = {}
        """Messages by key, oldest first; a key that comes again is the same message."""
        self._read = 0
        """How many of them `expect` has passed."""
        self._done: dict[str, str] = {}
        """Frame types that ended our events, by event id."""
        self._changed = asyncio.Condition()
        self._reading = asyncio.create_task(self._read_frames())

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, at: str, who: str, write: Write, log_in: Mapping[str, str] | None = None) -> Opened:
        """Open a browser, log in if that is wanted, and open the page; `at` is `chat` or `staff`."""
        jar = aiohttp.CookieJar(unsafe=True)  # keeps cookies of IP addresses, as browsers do
        async with aiohttp.ClientSession(headers={"Origin": url}, cookie_jar=jar) as browser:
            if log_in is not None:
                async with browser.post(f"{url}/staff/log-in", data=log_in, allow_redirects=False) as response:
                    if response.status != 303:
                        raise DemonstrationError(f"{who} could not log in: {response.status}")
            async with browser.get(f"{url}/{'' if at == 'chat' else at}") as response:
                response.raise_for_status()
            async with browser.ws_connect(f"{url}/{at}/ws") as socket:
                page = cls(socket, who, write)
                await socket.send_json({"type": "hello", "last": "", "language": "zh"})
                yield page
                page._reading.cancel()

    async def start(self, payload: str = "") -> None:
        await self._do({"type": "start", "payload": payload}, f"/start {payload}".strip())

    async def say(self, text: str) -> None:
        await self._do({"type": "text", "text": text}, text)

    async def press(self, wanted: str) -> None:
        """Press the newest button with this label, or part of it, or whose command begins like this."""
        for message in reversed(self._shown.values()):
            for button in (button for row in message["rows"] for button in row):
                if wanted in button["label"] or button["command"].startswith(wanted):
                    event = {"type": "press", "command": button["command"], "label": button["label"]}
                    await self._do({**event, "of": message["key"]}, f"[{button['label']}]")
                    return
        raise DemonstrationError(f"{self._who} has no button {wanted!r}")

    async def expect(self, part: str) -> str:
        """The next message that holds `part`; those before it are passed over."""

        def found() -> str | None:
            for message in list(self._shown.values())[self._read :]:
                self._read += 1
                if part in _text(message):
                    return _text(message)
            return None

        return await self._until(found, f"waits in vain for {part!r}")

    async def _do(self, event: dict[str, Any], shown: str) -> None:
        self._write(f"\n{self._who} > {shown}")
        number = str(uuid.uuid4())
        while True:
            await self._socket.send_json({"type": "event", "id": number, "event": event})
            answer = await self._until(lambda: self._done.pop(number, None), f"gets no answer to {shown!r}")
            if answer == "ack":
                return
            if answer != "wait":
                raise DemonstrationError(f"{shown!r} of {self._who} failed")
            await asyncio.sleep(_TOO_FAST)  # nobody types as fast as this: the page is asked to wait

    async def _until(self, found: Callable[[], str | None], fault: str) -> str:
        try:
            async with asyncio.timeout(_PATIENCE), self._changed:
                while (result := found()) is None:
                    await self._changed.wait()
                return result
        except TimeoutError:
            raise DemonstrationError(f"{self._who} {fault}") from None

    async def _read_frames(self) -> None:
        async for raw in self._socket:
            frame = raw.json()
            if frame["type"] == "message":
                await self._show(frame["message"])
            elif "id" in frame:
                self._done[frame["id"]] = frame["type"]
            async with self._changed:
                self._changed.notify_all()

    async def _show(self, message: dict[str, Any]) -> None:
        if message["notice"]:
            await self._socket.send_json({"type": "seen", "key": message["notice"]})
        if message["who"] == "us" and message["key"] not in self._shown:
            self._shown[message["key"]] = message
            self._draw(message)

    def _draw(self, message: Mapping[str, Any]) -> None:
        self._write(f"    -> {self._who}")
        for line in _text(message).splitlines():
            self._write(f"    {line}")
        for row in message["rows"]:
            self._write("    " + "  ".join(f"[{button['label']}]" for button in row))


Opened = AsyncIterator[Page]


def _text(message: Mapping[str, Any]) -> str:
    return "".join(run["text"] for run in message["text"])
