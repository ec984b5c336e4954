"""A newcomer calls from the page that `jiesu run` serves, and files a ticket by voice."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from backend.contract.words import TicketState
from ivr.audio import silence
from tests.backend.city import Backend
from tests.bot.web.browser import chromium
from tests.database_time import forget_time
from tests.failures.parts import CHECKOUT
from tests.ivr.calls.callers import converse, presses
from tests.ivr.calls.exchange import digits
from tests.ivr.calls.test_complaints import BY_VOICE, FILED
from tests.ivr.page.browser import FAKE_MICROPHONE, Caller
from tests.ivr.sip.phone import free_port
from tests.processes import program

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.alone]

_PATIENCE = 60.0
"""Seconds that one thing of a call may take."""
_START = 120.0


PHONE = "13912345650"
"""Keyed: nobody says so many digits, and a page shows no number of its caller."""


async def test_a_ticket_is_filed_by_voice_from_the_page(backend: Backend, redis_url: str, tmp_path: Path) -> None:
    answers = {**BY_VOICE, "电话号码": presses(f"{PHONE}#")}
    async with house(backend, redis_url, tmp_path) as url, chromium(*FAKE_MICROPHONE) as browser:
        caller = await Caller.opened(browser, url, own_microphone=True)
        caller.phone.server_may_be_away = False
        await caller.call()
        said = await converse(PageTelephone(caller), PageCaptions(caller), answers, until=FILED, misheard=2)
        heard = await caller.captions("heard")
        pressed = "".join(await caller.captions("pressed")).replace(" ", "")
        await caller.hang_up()
        await caller.over()
        assert caller.phone.complaints == []
    office = backend.staff("office")
    page = await office.list_tickets(queue="all")
    assert len(page.items) == 1
    ticket = await office.view_ticket(page.items[0].number)
    assert (ticket.scenario, ticket.state) == ("noise-next-door", TicketState.SUBMITTED)
    assert ticket.number in digits(said)
    assert not ticket.callback
    assert any(one.transcript for one in ticket.attachments)
    assert "企业服务" in heard
    assert pressed == f"{PHONE}#"


class PageTelephone:
    """The page's caller as the other tests know a telephone."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def say(self, pcm: bytes) -> None:
        await self._caller.say(silence(0.3), pcm)

    async def press(self, digits: str) -> None:
        await self._caller.press(digits)

    async def hang_up(self) -> None:
        await self._caller.hang_up()


class PageCaptions:
    """What the page shows of what is said, line by line."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._taken = 0

    async def next(self) -> str:
        async with asyncio.timeout(_PATIENCE):
            while len(said := await self._caller.captions("said")) <= self._taken:  # noqa: ASYNC110 - a page
                await asyncio.sleep(0.1)
        self._taken += 1
        return said[self._taken - 1]


@asynccontextmanager
async def house(backend: Backend, redis_url: str, folder: Path) -> AsyncIterator[str]:
    """`jiesu run` on the test's databases; its address, once it answers."""
    await forget_time(backend.deps.database_url)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {
        "DATABASE_URL": backend.deps.database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder / "data"),
        "HTTP_LISTEN": f"127.0.0.1:{port}",
        "CHANNEL_TOKEN": "channels of a test's house",
    }
    log = folder / "house.log"
    command = (sys.executable, "-m", "jiesu", "run")
    with log.open("wb") as out:
        async with program(*command, env=environment, cwd=CHECKOUT, stdout=out, stderr=out) as process:
            await _ready(url, process, log)
            yield url


async def _ready(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(_START), aiohttp.ClientSession() as session:
        while True:
            assert process.returncode is None, await asyncio.to_thread(log.read_text, "utf-8")
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
