"""The poller never confirms an update that was not handled, and handles none twice without need."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher, exceptions
from aiogram.types import Message, Update

from bot.telegram.poller import Poller, Polling, feeding
from tests.botapi import BotAccount, BotApiServer, ChatDriver
from tests.botapi.client import aiogram_bot
from tests.botapi.waiting import eventually
from tests.processes import kill, program

TOKEN = "1001:secret"


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with await BotApiServer.start(limits="off") as server:
        yield server


@pytest.fixture
def account(server: BotApiServer) -> BotAccount:
    return server.add_bot(TOKEN, "jiesu_bot")


@pytest.fixture
async def bot(server: BotApiServer, account: BotAccount) -> AsyncIterator[Bot]:
    async with aiogram_bot(server.url, account) as bot:
        yield bot


@pytest.fixture
def chat(server: BotApiServer, account: BotAccount) -> ChatDriver:
    return server.user(77, "王芳").chat_with(account)


class Book:
    """A handler that notes what it was given, and does what the test says."""

    def __init__(self, act: Callable[[str], Awaitable[None]] | None = None) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self._act = act

    async def __call__(self, update: Update) -> None:
        assert update.message is not None
        text = update.message.text or ""
        self.begun.append(text)
        if self._act is not None:
            await self._act(text)
        self.ended.append(text)


@asynccontextmanager
async def polling(poller: Poller) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(poller.run())
    try:
        yield task
    finally:
        await poller.stop(timeout=1.0)
        await asyncio.gather(task, return_exceptions=True)


def _poller(bot: Bot, handle: Callable[[Update], Awaitable[object]], pauses: list[float] | None = None) -> Poller:
    """Pauses are noted, not made."""

    async def sleep(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)
        await asyncio.sleep(0)

    return Poller(bot, handle, sleep=sleep, vary=lambda low, _high: low)


async def test_a_chat_with_an_unmodified_dispatcher(bot: Bot, chat: ChatDriver) -> None:
    dispatcher = Dispatcher()

    async def echo(message: Message) -> None:
        await message.answer(f"你说：{message.text}")

    dispatcher.message.register(echo)
    async with polling(_poller(bot, feeding(dispatcher, bot))):
        await chat.send("停电")
        await chat.expect("你说：停电")
        await chat.send("来电")
        await chat.expect("你说：来电")


async def test_handled_updates_are_confirmed(bot: Bot, account: BotAccount, chat: ChatDriver) -> None:
    book = Book()
    async with polling(_poller(bot, book)):
        await chat.send("a")
        await eventually(lambda: book.ended == ["a"])
        await eventually(lambda: not account.queue.pending)
    assert await bot.get_updates() == []


async def test_stop_confirms_what_is_done(bot: Bot, account: BotAccount, chat: ChatDriver) -> None:
    gate = asyncio.Event()

    async def wait_for_gate(_text: str) -> None:
        await gate.wait()

    book = Book(wait_for_gate)
    poller = _poller(bot, book)
    async with polling(poller):
        await chat.send("a")
        await eventually(lambda: book.begun == ["a"])
        stopping = asyncio.create_task(poller.stop(timeout=5.0))
        await asyncio.sleep(0)
        assert list(account.queue.pending)
        gate.set()
        await stopping
    assert book.ended == ["a"]
    assert not account.queue.pending


@pytest.mark.realtime
async def test_a_slow_handler_holds_back_only_its_own_person(
    server: BotApiServer, bot: Bot, account: BotAccount, chat: ChatDriver
) -> None:
    gate = asyncio.Event()

    async def slow_or_not(text: str) -> None:
        if text == "slow":
            await gate.wait()

    book = Book(slow_or_not)
    other = server.user(78, "李强").chat_with(account)
    async with polling(_poller(bot, book)):
        await chat.send("slow")
        await chat.send("after slow")
        await eventually(lambda: book.begun == ["slow"])
        for text in ("b", "c"):
            await other.send(text)
            await eventually(lambda text=text: text in book.ended)  # type: ignore[misc]
        # Nothing may be confirmed yet, although later updates are done.
        assert len(account.queue.pending) == 4
        polls = server.counters["getUpdates"]
        await asyncio.sleep(0.5)
        assert server.counters["getUpdates"] - polls < 12, "a busy loop"
        gate.set()
        await eventually(lambda: not account.queue.pending)
    assert book.begun == ["slow", "b", "c", "after slow"]


_HANGING_BOT = """
import asyncio, sys
from bot.telegram.poller import Poller
from tests.botapi.client import aiogram_bot

async def main():
    async with aiogram_bot(sys.argv[1], sys.argv[2]) as bot:
        async def handle(update):
            await bot.send_message(update.message.chat.id, f"got {update.message.text}")
            if update.message.text == "slow":
                await asyncio.Event().wait()
        await Poller(bot, handle).run()

asyncio.run(main())
"""


async def test_kill_9_brings_unfinished_updates_again(
    server: BotApiServer, bot: Bot, account: BotAccount, chat: ChatDriver
) -> None:
    other = server.user(78, "李强").chat_with(account)
    async with program(sys.executable, "-c", _HANGING_BOT, server.url, TOKEN) as process:
        await chat.send("slow")
        await chat.expect("got slow", timeout=60.0)
        await other.send("quick")
        await other.expect("got quick")
        await kill(process)
    book = Book()
    async with polling(_poller(bot, book)):
        await eventually(lambda: sorted(book.ended) == ["quick", "slow"])


async def test_handlers_cut_off_by_the_stop_come_again(bot: Bot, account: BotAccount, chat: ChatDriver) -> None:
    async def never_ends(_text: str) -> None:
        await asyncio.Event().wait()

    book = Book(never_ends)
    poller = _poller(bot, book)
    task = asyncio.create_task(poller.run())
    await chat.send("a")
    await eventually(lambda: book.begun == ["a"])
    await poller.stop(timeout=0.05)
    await task
    assert len(await bot.get_updates()) == 1


async def test_each_person_is_served_in_order_and_all_side_by_side(
    server: BotApiServer, bot: Bot, account: BotAccount
) -> None:
    people = [server.user(n, "u").chat_with(account) for n in range(1, 41)]
    got: dict[int, list[str]] = defaultdict(list)
    at_once = most = 0

    async def handle(update: Update) -> None:
        nonlocal at_once, most
        assert update.message is not None
        at_once += 1
        most = max(most, at_once)
        for _ in range(update.update_id % 7):
            await asyncio.sleep(0)
        got[update.message.chat.id].append(update.message.text or "")
        at_once -= 1

    for number in range(10):
        for person in people:
            await person.send(str(number))
    async with polling(_poller(bot, handle)):
        await eventually(lambda: sum(map(len, got.values())) >= 400, timeout=20.0)
        await eventually(lambda: not account.queue.pending)
    assert all(got[person.id] == [str(n) for n in range(10)] for person in people)
    assert 10 < most <= 40


async def test_a_failing_handler_is_tried_again_then_skipped(
    bot: Bot, account: BotAccount, chat: ChatDriver, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(text: str) -> None:
        if text == "私密":
            raise RuntimeError(f"cannot handle {text}")

    book = Book(fail)
    pauses: list[float] = []
    with caplog.at_level(logging.WARNING):
        async with polling(_poller(bot, book, pauses)):
            await chat.send("私密")
            await chat.send("next")
            await eventually(lambda: book.ended == ["next"])
            await eventually(lambda: not account.queue.pending)
    assert book.begun == ["私密"] * 4 + ["next"]
    assert pauses == [0.5, 1.0, 2.0]
    assert "update skipped: its handler keeps failing" in caplog.messages
    assert "私密" not in caplog.text
    assert all("私密" not in str(vars(record)) for record in caplog.records)


async def test_something_cancelled_inside_a_handler_is_a_failure_not_a_loss(bot: Bot, chat: ChatDriver) -> None:
    tries = 0

    async def first_cancelled(_text: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise asyncio.CancelledError

    book = Book(first_cancelled)
    async with polling(_poller(bot, book)):
        await chat.send("a")
        await eventually(lambda: book.ended == ["a"])
    assert tries == 2


async def test_a_hanging_handler_is_given_up(bot: Bot, chat: ChatDriver) -> None:
    async def hang(text: str) -> None:
        if text == "hang":
            await asyncio.Event().wait()

    book = Book(hang)
    poller = Poller(bot, book, polling=Polling(handler_timeout=0.02, retries=1, first_retry=0.01))
    async with polling(poller):
        await chat.send("hang")
        await chat.send("next")
        await eventually(lambda: book.ended == ["next"])
    assert book.begun == ["hang", "hang", "next"]


async def test_network_and_server_errors_back_off(server: BotApiServer, bot: Bot, chat: ChatDriver) -> None:
    server.fail("getUpdates", status=500)
    server.fail("getUpdates", reset="before")
    server.fail("getUpdates", status=502, not_json=True)
    server.fail("getUpdates", status=429, retry_after=3)
    server.fail("getUpdates", reset="after")
    book = Book()
    pauses: list[float] = []
    await chat.send("a")
    async with polling(_poller(bot, book, pauses)):
        await eventually(lambda: book.ended == ["a"])
    assert pauses == [1.0, 2.0, 4.0, 3.0, 8.0]


async def test_backing_off_has_a_bound(server: BotApiServer, bot: Bot) -> None:
    server.fail("getUpdates", times=8, status=500)
    pauses: list[float] = []
    async with polling(_poller(bot, Book(), pauses)):
        await eventually(lambda: len(pauses) == 8)
    assert pauses[-2:] == [30.0, 30.0]


async def test_conflict_is_said_clearly(
    server: BotApiServer, bot: Bot, chat: ChatDriver, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail("getUpdates", status=409)
    book = Book()
    await chat.send("a")
    with caplog.at_level(logging.ERROR):
        async with polling(_poller(bot, book)):
            await eventually(lambda: book.ended == ["a"])
    assert "another process gets this bot's updates, or a webhook is set: only one may" in caplog.messages


async def test_a_wrong_token_ends_the_polling(server: BotApiServer) -> None:
    async with aiogram_bot(server.url, "9:wrong") as stranger:
        with pytest.raises(exceptions.TelegramUnauthorizedError):
            await Poller(stranger, Book()).run()


async def test_an_unreadable_update_does_not_stop_the_others(
    bot: Bot, account: BotAccount, chat: ChatDriver, caplog: pytest.LogCaptureFixture
) -> None:
    await chat.send("a")
    account.queue.add("message", {"no": "message at all"})
    await chat.send("b")
    account.queue.add("message", {"no": "message at all"})
    book = Book()
    with caplog.at_level(logging.ERROR):
        async with polling(_poller(bot, book)):
            await eventually(lambda: book.ended == ["a", "b"])
            await eventually(lambda: not account.queue.pending)
    assert "update skipped: it cannot be read" in caplog.messages


async def test_lower_update_ids_after_a_quiet_week(bot: Bot, account: BotAccount, chat: ChatDriver) -> None:
    book = Book()
    async with polling(_poller(bot, book)):
        await chat.send("before")
        await eventually(lambda: book.ended == ["before"] and not account.queue.pending)
        account.queue.next_id = 5
        await chat.send("after")
        await chat.send("again")
        await eventually(lambda: book.ended == ["before", "after", "again"])
        await eventually(lambda: not account.queue.pending)
