"""The Bot API over HTTP, for unmodified clients such as aiogram."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from aiohttp import web

# Imported for their entries in the table of methods.
from tests.botapi import account, forum, sending  # noqa: F401
from tests.botapi.driver import ChatDriver, GroupDriver, UserDriver
from tests.botapi.errors import ApiError
from tests.botapi.faults import Fault, Faults, Reset
from tests.botapi.limits import Enforcement, FloodLimits, Violation
from tests.botapi.params import Params, read_params
from tests.botapi.registry import METHODS, Api
from tests.botapi.state import BotAccount, Call, Conversation, World
from tests.botapi.updates import Json, UpdateQueue, user_json
from tests.botapi.webhooks import WebhookPusher

_FIRST_UPDATE_ID = 100_000_001
_MAX_BODY = 64 * 1024 * 1024


class BotApiServer:
    """A Telegram of one's own: ``await BotApiServer.start()``, then ``server.url`` for the client."""

    def __init__(self, *, limits: Enforcement = "record") -> None:
        self.world = World()
        self.faults = Faults()
        self.url = ""
        """Base URL, for ``TelegramAPIServer.from_base``."""
        self._webhooks = WebhookPusher()
        self.api = Api(self.world, self._webhooks, FloodLimits(limits))
        self.app = web.Application(client_max_size=_MAX_BODY)
        self.app.router.add_route("*", "/bot{token}/{method}", self._call)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner: web.AppRunner | None = None

    @classmethod
    async def start(cls, *, host: str = "127.0.0.1", port: int = 0, limits: Enforcement = "record") -> BotApiServer:
        """Listen; port 0 picks a free one. ``limits``: "off", "record" violations, or "refuse" them with 429."""
        server = cls(limits=limits)
        await server.listen(host, port)
        return server

    async def listen(self, host: str, port: int) -> None:
        """Take calls at this address until ``stop``."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening; waiting polls end."""
        # Before the queues are woken: in Python 3.11 a wait that ends just then swallows the cancellation.
        await self._webhooks.close()
        for bot in self.world.bots.values():
            bot.queue.poll += 1
            bot.queue.changed.fire()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> BotApiServer:
        if self._runner is None:
            await self.listen("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    def add_bot(self, token: str, username: str) -> BotAccount:
        """Make a bot known; the token is ``NUMBER:SECRET``."""
        bot = BotAccount(token, username, UpdateQueue(_FIRST_UPDATE_ID))
        self.world.bots[token] = bot
        return bot

    def user(self, user_id: int, first_name: str, language_code: str = "zh-hans") -> UserDriver:
        """A person; the same id again is the same person."""
        return UserDriver(self.world, user_json(user_id, first_name, language_code=language_code))

    def group(self, chat_id: int, title: str, members: Iterable[UserDriver | BotAccount] = ()) -> GroupDriver:
        """A supergroup without topics; ``chat_id`` is negative."""
        return self._group(Conversation(chat_id, "supergroup", title), members)

    def forum_group(
        self,
        chat_id: int,
        title: str,
        members: Iterable[UserDriver | BotAccount] = (),
        *,
        bot_can_manage_topics: bool = True,
    ) -> GroupDriver:
        """A supergroup with topics; ``chat_id`` is negative."""
        driver = self._group(Conversation(chat_id, "supergroup", title, is_forum=True), members)
        if bot_can_manage_topics:
            driver.conversation.topic_rights.update(driver.conversation.bots)
        return driver

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        status: int = 0,
        retry_after: int | None = None,
        reset: Reset | None = None,
        slow: float = 0.0,
        chat_id: int | None = None,
        not_json: bool = False,
    ) -> None:
        """Let the next calls of a method go wrong (``*``: of any but getUpdates); see ``Fault``."""
        self.faults.add(Fault(method, times, status, retry_after, reset, slow, chat_id, not_json))

    @property
    def calls(self) -> list[Call]:
        """Every call so far, in the order of their ends."""
        return self.world.calls

    @property
    def counters(self) -> Counter[str]:
        """Successful calls by method, and ``METHOD:CODE`` for refused ones."""
        return self.world.counters

    @property
    def violations(self) -> list[Violation]:
        """Messages that came faster than Telegram allows."""
        return self.api.limits.violations

    def chat(self, bot: BotAccount, user_id: int) -> ChatDriver:
        """The private chat that a person already has with the bot."""
        return ChatDriver(self.world, self.world.private[(bot.id, user_id)], user_id)

    def _group(self, conversation: Conversation, members: Iterable[UserDriver | BotAccount]) -> GroupDriver:
        self.world.groups[conversation.id] = conversation
        driver = GroupDriver(self.world, conversation)
        for member in members:
            driver.add(member)
        return driver

    async def _call(self, request: web.Request) -> web.StreamResponse:
        started = time.monotonic()
        called = request.match_info["method"]
        bot = self.world.bots.get(request.match_info["token"])
        params = Params()
        spelling, failure, result = called, None, None
        fault = None
        try:
            if bot is None:
                raise ApiError(401, "Unauthorized")
            params = await read_params(request)
            fault = self.faults.take(called.lower(), params.text("chat_id"))
            if fault is not None:
                await _strike(fault)
            if called.lower() not in METHODS:
                raise ApiError(404, "Not Found: method not found")
            spelling, function = METHODS[called.lower()]
            result = await function(self.api, bot, params)
        except ApiError as error:
            failure = error
        except _ConnectionCutError:
            failure = ApiError(0, "connection cut before the call")
        self._record(started, bot, spelling, params, failure)
        if fault is not None and fault.reset is not None:
            return _cut(request)
        if fault is not None and fault.not_json and failure is not None:
            return web.Response(status=failure.code, text="<html><h1>Bad Gateway</h1></html>", content_type="text/html")
        return _reply(result, failure)

    def _record(
        self, started: float, bot: BotAccount | None, method: str, params: Params, failure: ApiError | None
    ) -> None:
        code = 0 if failure is None else failure.code or -1
        self.counters[method if code == 0 else f"{method}:{code}"] += 1
        self.calls.append(
            Call(
                at=started,
                bot=bot.username if bot else "",
                method=method,
                params=dict(params.values) | {name: upload.name for name, upload in params.uploads.items()},
                error_code=code,
                description=failure.description if failure else "",
                seconds=time.monotonic() - started,
            )
        )

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] not in self.world.bots:
            return _reply(None, ApiError(401, "Unauthorized"))
        for file in self.world.files.values():
            if file.path == request.match_info["path"]:
                return web.Response(body=file.data, content_type="application/octet-stream")
        return _reply(None, ApiError(404, "Not Found"))


class _ConnectionCutError(Exception):
    """The fault says that the call shall not take effect."""


async def _strike(fault: Fault) -> None:
    if fault.slow:
        await asyncio.sleep(fault.slow)
    if fault.reset == "before":
        raise _ConnectionCutError
    if fault.status == 429:
        seconds = fault.retry_after if fault.retry_after is not None else 1
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    if fault.status:
        raise ApiError(fault.status, _REASONS.get(fault.status, "Internal Server Error"))


_REASONS = {
    400: "Bad Request: injected",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    502: "Bad Gateway",
}


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _reply(result: Any, failure: ApiError | None) -> web.Response:
    if failure is None:
        body: Json = {"ok": True, "result": result}
        return web.json_response(body)
    return web.json_response(failure.body(), status=failure.code)
