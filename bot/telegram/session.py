"""The HTTP session of aiogram, which keeps the types it reads answers by."""

from __future__ import annotations

import functools
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType


class KeepingSession(AiohttpSession):
    """aiogram asks for `Response[X]` at each call, and pydantic holds such types weakly: without this each call would
    build a model anew, 8 % of the bot's CPU for a message.
    """

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        _kept(method.__returning__)
        return super().check_response(bot, method, status_code, content)


@functools.cache
def _kept(returning: Any) -> type[Response[Any]]:
    """One a return type of the Bot API's methods; there are about thirty."""
    return Response[returning]
