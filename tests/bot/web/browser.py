"""Pages in headless Chromium: opened as phones, driven by what a person sees, with every complaint of theirs kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Sequence
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

CONTROLS = """
() => [...document.querySelectorAll("a, button, input, select, textarea")]
  .filter(one => one.checkVisibility() && !one.closest("[hidden]"))
  .map(one => {
    const label = one.ariaLabel || one.labels?.[0]?.textContent || one.textContent;
    const box = one.getBoundingClientRect();
    return {name: label.trim(), tag: one.tagName, height: box.height, width: box.width, tabs: one.tabIndex};
  })
"""
"""What can be operated on a page: name, tag, height, width, place among the tab stops."""

CONTRASTS = """
() => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const over = (colours) => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !one.checkVisibility() || one.closest("script, noscript, .unseen")) continue;
    const backs = [];
    for (let up = one; up; up = up.parentElement) backs.unshift(getComputedStyle(up).backgroundColor);
    const back = over(backs);
    const front = over([...backs, getComputedStyle(one).color]);
    const [bright, dark] = [light(front), light(back)].sort((a, b) => b - a);
    seen.push([(bright + 0.05) / (dark + 0.05), `${one.className} ${text.slice(0, 20)}`]);
  }
  return seen;
}
"""
"""Each text of a page with its contrast to what is behind it (WCAG 1.4.3)."""


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
    async def opened(
        cls, browser: Browser, url: str, *, scripts: Sequence[str] = (), away: bool = False, **options: Any
    ) -> Phone:
        """`scripts` run in the page before its own; `away`: no chat answers behind the page."""
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
        for script in (_WATCH_POLICY, *scripts):
            await context.add_init_script(script)
        phone = cls(context, await context.new_page())
        phone.server_may_be_away = away
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

    def button(self, label: str | re.Pattern[str]) -> Locator:
        """The newest button with this in its label that can still be pressed."""
        return self.page.locator(".choice:not([aria-disabled])").filter(has_text=label).last

    async def press(self, label: str | re.Pattern[str]) -> None:
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
