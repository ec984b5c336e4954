"""The sender keeps Telegram's limits and a chat's order, and says clearly what became of a message."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiogram import Bot, exceptions
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    CreateForumTopic,
    EditMessageText,
    SendDocument,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, FSInputFile

from bot.messenger.errors import (
    Abandoned,
    Blocked,
    ChatGone,
    Flooded,
    NotModified,
    NoTopicRights,
    Refused,
    TokenRefused,
    TopicGone,
    Unreachable,
)
from bot.messenger.outgoing import Priority
from bot.messenger.pace import UNPACED
from bot.telegram.sender import Sender, TelegramLimits
from tests.botapi import BotAccount, BotApiServer, ChatDriver
from tests.botapi.client import aiogram_bot

TOKEN = "1001:secret"
GROUP = -1001234


class Clock:
    """Time that jumps to the next sleeper when nothing else can go on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken

    async def settle(self) -> None:
        """Let everything that needs no time happen."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def run(self, until: Awaitable[Any] | None = None, seconds: float = 1e9) -> None:
        """Let time pass until the awaitable is done, nobody sleeps any more, or so many seconds passed."""
        end = self.now + seconds
        task = asyncio.ensure_future(until) if until is not None else None
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end and not (task and task.done()):
            at, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self.now = max(self.now, at)
                woken.set_result(None)
            await self.settle()
        if task is not None:
            await task


class Wire(BaseSession):
    """An aiogram session without a network: records when each call went out, answers as told."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.sent: list[tuple[float, int, str]] = []
        """Seconds since the start, chat, text."""
        self.answers: list[Callable[[TelegramMethod[Any]], BaseException | None]] = []

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        self.sent.append(
            (round(self.clock.now - 1000.0, 3), getattr(method, "chat_id", 0), getattr(method, "text", ""))
        )
        error = self.answers.pop(0)(method) if self.answers else None
        if error is not None:
            raise error
        return len(self.sent)

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *_args: Any, **_more: Any) -> AsyncGenerator[bytes, None]:
        yield b""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wire(clock: Clock) -> Wire:
    return Wire(clock)


@pytest.fixture
def sender(clock: Clock, wire: Wire) -> Sender:
    return Sender(Bot(TOKEN, session=wire), clock=clock, sleep=clock.sleep, vary=lambda _low, high: high)


def _text(chat_id: int, text: str = "x") -> SendMessage:
    return SendMessage(chat_id=chat_id, text=text)


async def test_one_chat_gets_a_short_burst_then_one_a_second(clock: Clock, wire: Wire, sender: Sender) -> None:
    await clock.run(asyncio.gather(*(sender.send(7, _text(7, str(i))) for i in range(6))))
    assert [text for _, _, text in wire.sent] == ["0", "1", "2", "3", "4", "5"]
    times = [at for at, _, _ in wire.sent]
    assert times[1] - times[0] < 0.1
    assert times[3:] == pytest.approx([1.0, 2.0, 3.0], abs=0.1)


async def test_never_more_than_30_in_any_second(clock: Clock, wire: Wire, sender: Sender) -> None:
    await clock.run(asyncio.gather(*(sender.send(chat, _text(chat)) for chat in range(1, 201))))
    times = [at for at, _, _ in wire.sent]
    assert len(times) == 200
    assert max(sum(start <= at < start + 1.0 for at in times) for start in times) <= 30
    # ... and not much slower than that either.
    assert times[-1] < 200 / 27


async def test_never_more_than_20_a_minute_in_a_group(clock: Clock, wire: Wire, sender: Sender) -> None:
    await clock.run(asyncio.gather(*(sender.send(GROUP, _text(GROUP)) for _ in range(45))))
    times = [at for at, _, _ in wire.sent]
    assert max(sum(start <= at < start + 60.0 for at in times) for start in times) == 20
    assert times[-1] < 150


async def test_a_full_group_does_not_hold_back_others(clock: Clock, wire: Wire, sender: Sender) -> None:
    crowd = asyncio.gather(*(sender.send(GROUP, _text(GROUP)) for _ in range(30)))
    await clock.run(sender.send(7, _text(7)))
    assert clock.now - 1000.0 < 1.0
    await clock.run(crowd)


async def test_replies_go_before_notices(clock: Clock, wire: Wire, sender: Sender) -> None:
    notices = [sender.send(n, _text(n, "notice"), priority=Priority.NOTICE) for n in range(1, 101)]
    waiting = asyncio.gather(*notices)
    await clock.run(seconds=1.0)
    sent_before = len(wire.sent)
    await clock.run(sender.send(500, _text(500, "reply")))
    assert wire.sent[sent_before][2] == "reply"
    await clock.run(waiting)


async def test_within_a_chat_a_reply_overtakes_waiting_notices(clock: Clock, wire: Wire, sender: Sender) -> None:
    notices = [sender.send(7, _text(7, f"notice {n}"), priority=Priority.NOTICE) for n in range(5)]
    waiting = asyncio.gather(*notices)
    await clock.run(seconds=0.5)
    await clock.run(asyncio.gather(waiting, sender.send(7, _text(7, "reply"))))
    assert [text for _, _, text in wire.sent] == ["notice 0", "notice 1", "notice 2", "reply", "notice 3", "notice 4"]


async def test_callback_answers_do_not_queue(clock: Clock, wire: Wire, sender: Sender) -> None:
    crowd = asyncio.gather(*(sender.send(7, _text(7)) for _ in range(10)))
    await clock.settle()
    await sender.send(7, AnswerCallbackQuery(callback_query_id="1"))
    assert clock.now == 1000.0
    await clock.run(crowd)


async def test_flood_in_one_chat_holds_back_that_chat_only(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramRetryAfter(m, "flood", 9)]
    flooded = asyncio.gather(sender.send(7, _text(7, "a")), sender.send(7, _text(7, "b")))
    await clock.settle()
    await clock.run(sender.send(8, _text(8)))
    await clock.run(flooded)
    assert next(at for at, chat, _ in wire.sent if chat == 8) < 1
    assert [(round(at), text) for at, chat, text in wire.sent if chat == 7] == [(0, "a"), (9, "a"), (9, "b")]


async def test_flood_in_two_chats_pauses_all(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramRetryAfter(m, "flood", 5)] * 2
    flooded = asyncio.gather(sender.send(7, _text(7)), sender.send(8, _text(8)))
    await clock.settle()
    await clock.run(asyncio.gather(flooded, sender.send(9, _text(9))))
    assert next(at for at, chat, _ in wire.sent if chat == 9) >= 5


async def test_a_long_flood_is_an_error_at_once(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramRetryAfter(m, "flood", 3600)]
    results = asyncio.gather(*(sender.send(7, _text(7)) for _ in range(2)), return_exceptions=True)
    await clock.run(results)
    assert [type(result) for result in results.result()] == [Flooded, Flooded]
    with pytest.raises(Flooded) as flooded:
        await sender.send(7, _text(7))
    assert flooded.value.retry_after == pytest.approx(3600, abs=1)
    assert len(wire.sent) == 1


async def test_floods_without_end_are_an_error_too(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramRetryAfter(m, "flood", 50)] * 5
    with pytest.raises(Flooded):
        await clock.run(sender.send(7, _text(7)))
    assert len(wire.sent) == 3


async def test_network_errors_are_tried_again_in_order(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramNetworkError(m, "reset")] * 3
    await clock.run(asyncio.gather(sender.send(7, _text(7, "a")), sender.send(7, _text(7, "b"))))
    assert [text for _, _, text in wire.sent] == ["a", "a", "a", "a", "b"]
    assert [at for at, _, _ in wire.sent][:4] == pytest.approx([0.0, 0.5, 1.5, 3.5], abs=0.1)


async def test_tries_are_bounded(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramServerError(m, "Internal Server Error")] * 9
    with pytest.raises(Unreachable):
        await clock.run(sender.send(7, _text(7)))
    assert len(wire.sent) == TelegramLimits().attempts


async def test_unpaced_calls_are_tried_again_as_well(clock: Clock, wire: Wire, sender: Sender) -> None:
    wire.answers = [lambda m: exceptions.TelegramNetworkError(m, "reset")]
    await clock.run(sender.send(7, AnswerCallbackQuery(callback_query_id="1")))
    assert len(wire.sent) == 2


async def test_a_cancelled_caller_sends_nothing(clock: Clock, wire: Wire, sender: Sender) -> None:
    tasks = [asyncio.create_task(sender.send(7, _text(7, str(i)))) for i in range(6)]
    await clock.settle()
    tasks[4].cancel()
    await clock.run(asyncio.gather(*tasks, return_exceptions=True))
    assert [text for _, _, text in wire.sent] == ["0", "1", "2", "3", "5"]


async def test_an_unreadable_file_is_the_callers_error(clock: Clock, sender: Sender) -> None:
    class Reading(Wire):
        async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
            assert isinstance(method, SendDocument)
            assert isinstance(method.document, FSInputFile)
            return [chunk async for chunk in method.document.read(bot)]

    broken = Sender(Bot(TOKEN, session=Reading(clock)), clock=clock, sleep=clock.sleep)
    with pytest.raises(FileNotFoundError):
        await clock.run(broken.send(7, SendDocument(chat_id=7, document=FSInputFile("/nowhere/at/all"))))


async def test_idle_chats_are_forgotten(clock: Clock, wire: Wire, sender: Sender) -> None:
    await clock.run(asyncio.gather(*(sender.send(chat, _text(chat)) for chat in range(1, 501))))
    clock.now += 60.0
    await clock.run(sender.send(7, _text(7)))
    assert sender.chats <= 2
    assert sender.backlog == 0


async def test_drain_waits_then_abandons(clock: Clock, wire: Wire, sender: Sender) -> None:
    tasks = [asyncio.create_task(sender.send(7, _text(7, str(i)))) for i in range(5)]
    await clock.run(seconds=0.5)
    assert await sender.drain(timeout=0.05) == 2
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [int, int, int, Abandoned, Abandoned]
    assert await sender.drain(timeout=1.0) == 0


# What follows goes over HTTP to the Bot API server, with limits off or with time made shorter.


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with await BotApiServer.start() as server:
        yield server


@pytest.fixture
def account(server: BotApiServer) -> BotAccount:
    return server.add_bot(TOKEN, "jiesu_bot")


@pytest.fixture
async def real(server: BotApiServer, account: BotAccount) -> AsyncIterator[Sender]:
    async with aiogram_bot(server.url, account) as bot:
        sender = Sender(bot, UNPACED, sleep=lambda _: asyncio.sleep(0))
        yield sender
        await sender.drain(timeout=1.0)


@pytest.fixture
def chat(server: BotApiServer, account: BotAccount) -> ChatDriver:
    return server.user(77, "王芳").chat_with(account)


async def test_result_has_the_methods_type(real: Sender, chat: ChatDriver) -> None:
    message = await real.send(chat.id, _text(chat.id, "<b>你好</b>"))
    assert message.message_id == 1
    assert (await chat.expect("你好")).text == "你好"


async def test_default_limits_satisfy_the_server(server: BotApiServer, account: BotAccount) -> None:
    chats = [server.user(n, "u").chat_with(account) for n in range(1, 41)]
    async with aiogram_bot(server.url, account) as bot:
        sender = Sender(bot)
        await asyncio.gather(*(sender.send(c.id, _text(c.id)) for c in chats))
    assert server.violations == []
    assert server.counters["sendMessage"] == 40


async def test_errors_are_told_apart(server: BotApiServer, account: BotAccount, real: Sender, chat: ChatDriver) -> None:
    user = server.user(77, "王芳")
    group = server.forum_group(GROUP, "供电局", [user, account])
    sent = await real.send(77, _text(77, "a"))
    with pytest.raises(NotModified):
        await real.send(77, EditMessageText(chat_id=77, message_id=sent.message_id, text="a"))
    with pytest.raises(Refused, match="can't parse entities"):
        await real.send(77, _text(77, "<b>"))
    user.block(account)
    with pytest.raises(Blocked):
        await real.send(77, _text(77))
    user.unblock(account)
    user.deactivate(account)
    with pytest.raises(Blocked):
        await real.send(77, _text(77))
    with pytest.raises(ChatGone):
        await real.send(4242, _text(4242))
    topic = await real.send(GROUP, CreateForumTopic(chat_id=GROUP, name="工单"))
    group.delete_topic(topic.message_thread_id)
    with pytest.raises(TopicGone):
        await real.send(GROUP, SendMessage(chat_id=GROUP, text="x", message_thread_id=topic.message_thread_id))
    group.set_topic_rights(account, can_manage_topics=False)
    with pytest.raises(NoTopicRights):
        await real.send(GROUP, CreateForumTopic(chat_id=GROUP, name="工单"))
    group.kick(account, by=user)
    with pytest.raises(ChatGone):
        await real.send(GROUP, _text(GROUP))


async def test_wrong_token(server: BotApiServer) -> None:
    async with aiogram_bot(server.url, "9:wrong") as bot:
        with pytest.raises(TokenRefused):
            await Sender(bot).send(1, _text(1))


async def test_trouble_on_the_way_is_overcome(server: BotApiServer, real: Sender, chat: ChatDriver) -> None:
    server.fail("sendMessage", status=500)
    server.fail("sendMessage", status=502, not_json=True)
    server.fail("sendMessage", reset="before")
    server.fail("sendMessage", status=429, retry_after=2)
    await real.send(chat.id, _text(chat.id, "through"))
    await chat.expect("through")
    assert len(chat.bot_messages) == 1
    file = BufferedInputFile(b"pdf", "a.pdf")
    server.fail("sendDocument", status=500)
    await real.send(chat.id, SendDocument(chat_id=chat.id, document=file))
    assert chat.last.json["document"]["file_size"] == 3


async def test_200_chats_at_once_keep_their_order(server: BotApiServer, account: BotAccount, real: Sender) -> None:
    chats = [server.user(n, "u").chat_with(account) for n in range(1, 201)]
    server.fail("sendMessage", times=20, reset="before")
    await asyncio.gather(*(real.send(c.id, _text(c.id, str(i))) for i in range(3) for c in chats))
    assert all([m.text for m in c.bot_messages] == ["0", "1", "2"] for c in chats)
