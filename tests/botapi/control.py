"""The control API: JSON over HTTP by which another process chats through the server.

``POST /control/OPERATION`` with a JSON object; the answer is JSON, or 422 with ``{"error": ...}`` when an
expectation fails. See ``tests/botapi/remote.py`` for the operations as Python methods.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from aiohttp import web

from tests.botapi.driver import BotMessage, ChatDriver
from tests.botapi.server import BotApiServer
from tests.botapi.state import BotAccount, CallbackPress
from tests.botapi.updates import Json

# What a person can do in a chat, by the names of ChatDriver's methods.
_ACTS = frozenset(
    {
        "send",
        "start",
        "send_photo",
        "send_document",
        "send_voice",
        "send_location",
        "send_sticker",
        "share_contact",
        "edit",
        "press",
        "expect",
        "skip",
        "transcript",
        "buttons",
    }
)


def add_control(server: BotApiServer) -> None:
    """Add the control routes to a server that does not listen yet."""
    control = _Control(server)
    for name in ("bot", "user", "group", "act", "block", "burst", "fail", "counters", "calls", "violations"):
        server.app.router.add_post(f"/control/{name}", _handler(getattr(control, name)))


class _Control:
    def __init__(self, server: BotApiServer) -> None:
        self._server = server

    async def bot(self, token: str, username: str) -> Json:
        return {"id": self._server.add_bot(token, username).id}

    async def user(self, token: str, user_id: int, first_name: str, language_code: str = "zh-hans") -> Json:
        self._server.user(user_id, first_name, language_code).chat_with(self._bot(token))
        return {"chat_id": user_id}

    async def group(self, token: str, chat_id: int, title: str, user_ids: list[int], manage: bool = True) -> Json:
        bot = self._bot(token)
        members = [self._server.user(i, self._server.chat(bot, i).user["first_name"]) for i in user_ids]
        self._server.forum_group(chat_id, title, [*members, bot], bot_can_manage_topics=manage)
        return {"chat_id": chat_id}

    async def act(self, token: str, user_id: int, do: str, chat_id: int | None = None, **args: Any) -> Any:
        if do not in _ACTS:
            raise AssertionError(f"{do!r} is none of {sorted(_ACTS)}")
        if "data" in args:
            args["data"] = base64.b64decode(args["data"])
        result = getattr(self._chat(token, user_id, chat_id), do)(**args)
        return _plain(await result if asyncio.iscoroutine(result) else result)

    async def block(self, token: str, user_id: int, blocked: bool = True) -> Json:
        bot = self._bot(token)
        user = self._server.user(user_id, self._server.chat(bot, user_id).user["first_name"])
        (user.block if blocked else user.unblock)(bot)
        return {}

    async def burst(self, token: str, users: int, each: int = 1, text: str = "x", first_id: int = 1) -> Json:
        bot = self._bot(token)
        chats = [self._server.user(first_id + n, f"u{n}").chat_with(bot) for n in range(users)]
        for _ in range(each):
            for chat in chats:
                await chat.send(text)
        return {"sent": users * each}

    async def fail(self, method: str, **fault: Any) -> Json:
        self._server.fail(method, **fault)
        return {}

    async def counters(self) -> Json:
        return dict(self._server.counters)

    async def calls(self, since: int = 0) -> list[Json]:
        return [vars(call) for call in self._server.calls[since:]]

    async def violations(self) -> list[Json]:
        return [vars(violation) for violation in self._server.violations]

    def _bot(self, token: str) -> BotAccount:
        if token not in self._server.world.bots:
            raise AssertionError("no bot has this token")
        return self._server.world.bots[token]

    def _chat(self, token: str, user_id: int, chat_id: int | None) -> ChatDriver:
        if chat_id is None or chat_id == user_id:
            return self._server.chat(self._bot(token), user_id)
        return ChatDriver(self._server.world, self._server.world.groups[chat_id], user_id)


def _handler(operation: Any) -> Any:
    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await operation(**await request.json()))
        except (AssertionError, KeyError, TypeError) as error:
            return web.json_response({"error": str(error) or type(error).__name__}, status=422)

    return handle


def _plain(result: Any) -> Any:
    if isinstance(result, BotMessage):
        return {
            "message_id": result.message_id,
            "text": result.text,
            "buttons": result.buttons,
            "thread_id": result.thread_id,
            "edited": result.edited,
        }
    return {"id": result.id} if isinstance(result, CallbackPress) else result
