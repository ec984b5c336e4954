"""The HTTP session of aiogram: it keeps the types it reads answers by, and goes nowhere but to its own server."""

from __future__ import annotations

import functools
from typing import Any

from aiogram import Bot, __version__
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientError, ClientHandlerType, ClientRequest, ClientResponse, ClientSession
from aiohttp.hdrs import USER_AGENT
from aiohttp.http import SERVER_SOFTWARE


class Redirected(ClientError):
    """The server sent us elsewhere: what we tell people is for it alone."""


class KeepingSession(AiohttpSession):
    """aiogram asks for `Response[X]` at each call, and pydantic holds such types weakly: without this each call would
    build a model anew, 8 % of the bot's CPU for a message.

    A redirect is a failure, which is tried again as others are; aiohttp would post the message elsewhere.
    """

    async def create_session(self) -> ClientSession:
        if self._should_reset_connector:
            await self.close()
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=self._connector_type(**self._connector_init),
                headers={USER_AGENT: f"{SERVER_SOFTWARE} aiogram/{__version__}"},
                middlewares=(_refuse_redirects,),
            )
            self._should_reset_connector = False
        return self._session

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        _kept(method.__returning__)
        return super().check_response(bot, method, status_code, content)


@functools.cache
def _kept(returning: Any) -> type[Response[Any]]:
    """One a return type of the Bot API's methods; there are about thirty."""
    return Response[returning]


async def _refuse_redirects(request: ClientRequest, send: ClientHandlerType) -> ClientResponse:
    response = await send(request)
    if 300 <= response.status < 400:
        response.close()
        raise Redirected(f"status {response.status}")
    return response
