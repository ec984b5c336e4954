"""How a bot gets its updates, starts, and stops."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiogram import exceptions
from aiohttp import web

from bot.messenger.pace import UNPACED
from bot.telegram.app import SECRET_HEADER, Webhook, make_bot
from bot.telegram.enterprise import EnterpriseBot
from dialogs.events import Incoming, Media, Text
from dialogs.exchange import Reply
from dialogs.notices import Notices
from dialogs.outputs import Say
from dialogs.templates.scenario import Scenarios
from tests.backend.city import Backend
from tests.bot.telegram.bots import JPEG, POLLING, SHANGHAI
from tests.botapi import BotApiServer, ChatDriver
from tests.botapi.waiting import eventually

SECRET = "a-secret_of-the-tests"
TOKEN = "1003:echo"


@dataclass
class Echo:
    """A talk that says back what it hears, and notes it."""

    heard: list[Incoming] = field(default_factory=list)
    failures: int = 0
    """Events that shall fail first."""
    gate: asyncio.Event | None = None

    async def handle(self, incoming: Incoming) -> Reply:
        self.heard.append(incoming)
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the store is away")
        event = incoming.event
        said = event.text if isinstance(event, Text) else f"{len(getattr(event, 'uploads', ()))} files"
        return Reply("zh_CN", (Say(f"你说：{said}"),))


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with await BotApiServer.start() as running:
        yield running


@pytest.fixture
def chat(server: BotApiServer) -> ChatDriver:
    return server.user(7, "王").chat_with(server.add_bot(TOKEN, "echo_bot"))


def echo_bot(server: BotApiServer, talk: Echo, backend: Backend, webhook: Webhook | None = None) -> EnterpriseBot:
    bot = make_bot(TOKEN, server.url)
    notices = Notices(Scenarios({}, {}), SHANGHAI)
    return EnterpriseBot(
        bot, talk, backend.client, notices, limits=UNPACED, polling=POLLING, webhook=webhook, now=backend.clock
    )


@dataclass
class Hook:
    url: str
    bot: EnterpriseBot
    talk: Echo


@pytest.fixture
async def hook(server: BotApiServer, chat: ChatDriver, backend: Backend, unused_tcp_port: int) -> AsyncIterator[Hook]:
    """The echo bot behind a webhook."""
    runner = web.AppRunner(app := web.Application(), shutdown_timeout=0.5)
    talk = Echo()
    bot = echo_bot(server, talk, backend, Webhook(f"http://127.0.0.1:{unused_tcp_port}", SECRET))
    app.router.add_routes([bot.webhook_route()])
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    running = asyncio.create_task(bot.run())
    await eventually(lambda: server.counters["setWebhook"] == 1)
    yield Hook(f"http://127.0.0.1:{unused_tcp_port}{bot.webhook_path}", bot, talk)
    await bot.stop(1.0)
    await running
    await runner.cleanup()


async def test_updates_pushed_to_the_webhook_are_answered(hook: Hook, chat: ChatDriver) -> None:
    await chat.send("停电")
    await chat.expect("你说：停电")


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], "密"])
async def test_a_wrong_secret_is_turned_away(hook: Hook, secret: str) -> None:
    update = {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}}
    async with aiohttp.ClientSession() as session:
        async with session.post(hook.url, json=update, headers={SECRET_HEADER: secret}) as answer:
            assert answer.status == 403
        async with session.post(hook.url, json=update) as answer:
            assert answer.status == 403
    assert hook.talk.heard == []


async def test_what_is_no_update_is_taken_once_and_nothing_happens(hook: Hook) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(hook.url, data=b"{", headers={SECRET_HEADER: SECRET}) as answer,
    ):
        assert answer.status == 200


async def test_an_update_that_failed_is_pushed_again(hook: Hook, chat: ChatDriver) -> None:
    hook.talk.failures = 1
    await chat.send("停电")
    await chat.expect("你说：停电")
    assert len({incoming.id for incoming in hook.talk.heard}) == 1
    assert len(hook.talk.heard) == 2


async def test_a_wrong_token_is_an_error(server: BotApiServer, backend: Backend) -> None:
    bot = echo_bot(server, Echo(), backend)
    with pytest.raises(exceptions.TelegramUnauthorizedError):
        await bot.run()
    await bot.stop(1.0)


async def test_it_starts_once_telegram_is_there(server: BotApiServer, chat: ChatDriver, backend: Backend) -> None:
    server.fail("getMe", times=1, status=502)
    talk = Echo()
    bot = echo_bot(server, talk, backend)
    running = asyncio.create_task(bot.run())
    await chat.send("停电")
    await chat.expect("你说：停电")
    assert bot.username == "echo_bot"
    await bot.stop(1.0)
    await running


async def test_stopping_lets_the_handler_in_hand_end(server: BotApiServer, chat: ChatDriver, backend: Backend) -> None:
    talk = Echo(gate=asyncio.Event())
    bot = echo_bot(server, talk, backend)
    running = asyncio.create_task(bot.run())
    await chat.send("停电")
    await eventually(lambda: len(talk.heard) == 1)
    stopping = asyncio.create_task(bot.stop(5.0))
    await asyncio.sleep(0)
    assert talk.gate is not None
    talk.gate.set()
    await stopping
    await running
    await chat.expect("你说：停电")


async def test_an_album_is_one_event_and_unconfirmed_until_handled(
    server: BotApiServer, chat: ChatDriver, backend: Backend
) -> None:
    talk = Echo(gate=asyncio.Event())
    bot = echo_bot(server, talk, backend)
    running = asyncio.create_task(bot.run())
    for at in range(3):
        await chat.send_photo(JPEG + bytes([at]), "三张" if at == 0 else "", media_group_id="a")
    await chat.send("发完了")
    await eventually(lambda: len(talk.heard) == 1)
    pending = [update["update_id"] for update in chat.conversation.bots[1003].queue.pending.values()]
    assert len(pending) == 4
    assert talk.gate is not None
    talk.gate.set()
    await chat.expect("3 files")
    await chat.expect("发完了")
    album, text = talk.heard
    assert isinstance(album.event, Media)
    assert album.event.caption == "三张"
    assert album.id == f"1003:{pending[0]}"
    assert isinstance(text.event, Text)
    await bot.stop(1.0)
    await running


async def test_an_album_whose_handling_failed_is_still_one_event(
    server: BotApiServer, chat: ChatDriver, backend: Backend
) -> None:
    talk = Echo(failures=1)
    bot = echo_bot(server, talk, backend)
    running = asyncio.create_task(bot.run())
    for at in range(3):
        await chat.send_photo(JPEG + bytes([at]), media_group_id="a")
    await chat.expect("3 files")
    assert [len(getattr(incoming.event, "uploads", ())) for incoming in talk.heard] == [3, 3]
    assert len({incoming.id for incoming in talk.heard}) == 1
    await chat.expect_nothing(1.0)
    await bot.stop(1.0)
    await running
