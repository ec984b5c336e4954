"""An aiogram client, unmodified, that talks to the test server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from tests.botapi.state import BotAccount


@asynccontextmanager
async def aiogram_bot(url: str, account: BotAccount | str, *, timeout: float = 60.0) -> AsyncIterator[Bot]:
    """A Bot for the account (or token) with HTML as its parse mode; closed at the end."""
    token = account if isinstance(account, str) else account.token
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), timeout=timeout)
    async with Bot(token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML)) as bot:
        yield bot
