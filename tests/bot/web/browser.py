"""Pages in headless Chromium: opened as phones, driven by what a person sees, with every complaint of theirs kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

PHONE = {"width": 360, "height": 740}
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WATCH_POLICY = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
)
_AWAY = re.compile(r"WebSocket connection|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INTERNET_DISCONNECTED|1012")
"""What a browser says of a server that is away."""

_REFUSED = re.compile(r"the server responded with a status of 4(01|13|15)")
"""What it says of a refusal that the page itself tells the person in words."""


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Browser]:
    """`arguments` are flags beyond the usual ones."""
    path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *arguments])
        yield browser
        await browser.close()


class Phone:
    """One page, as a person uses it."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self.server_may_be_away = False
        self.refusals_expected = False
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    @classmethod
    async def opened(cls, browser: Browser, url: str, **options: Any) -> Phone:
        settings = {
            "viewport": PHONE,
            "locale": "zh-CN",
            "has_touch": True,
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
            **options,
        }
        context = await browser.new_context(**settings)
        context.set_default_timeout(15000)
        await context.add_init_script(_WATCH_POLICY)
        phone = cls(context, await context.new_page())
        answer = await phone.page.goto(url)
        assert answer is not None
        assert answer.ok
        return phone

    @property
    def box(self) -> Locator:
        return self.page.locator("#text")

    @property
    def last(self) -> Locator:
        """The newest message of ours."""
        return self.page.locator(".bubble.us").last

    def button(self, label: str) -> Locator:
        """The newest button with this label that can still be pressed."""
        return self.page.locator(".choice:not([aria-disabled])").filter(has_text=label).last

    async def press(self, label: str) -> None:
        await self.button(label).click()
        await self.settled()

    async def say(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")
        await self.settled()

    async def sees(self, text: str) -> Locator:
        found = self.page.locator(".bubble.us .words").filter(has_text=text).last
        await expect(found).to_be_visible(timeout=15000)
        return found

    async def settled(self) -> None:
        """Everything sent has been answered."""
        await expect(self.page.locator("html")).to_have_attribute("data-unsent", "0", timeout=15000)

    async def attach(self, file: Path) -> None:
        async with self.page.expect_file_chooser() as chooser:
            await self.page.locator("#attach").click()
        await (await chooser.value).set_files(file)

    def _heard(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        expected = (self.server_may_be_away and _AWAY.search(message.text)) or (
            self.refusals_expected and _REFUSED.search(message.text)
        )
        if not expected:
            self.complaints.append(f"{message.type}: {message.text}")
