"""`python -m bench.echo_bot`: the floor of a bot: aiogram says back what it was told, and remembers it in Redis."""

from __future__ import annotations

import asyncio

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import Message

from settings import Settings, load_settings


class Talking(StatesGroup):
    """The one state of everybody who has said something."""

    asked = State()


async def _echo(message: Message, state: FSMContext) -> None:
    """Read and write state and data once, as any form has to."""
    data = await state.get_data()
    said = [*data.get("said", []), message.text]
    await state.set_state(Talking.asked)
    await state.set_data({"said": said})
    await message.answer(message.text or "")


async def _run(settings: Settings) -> None:
    assert settings.redis_url is not None
    assert settings.telegram_enterprise_token is not None
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    bot = Bot(settings.telegram_enterprise_token.get_secret_value(), session=AiohttpSession(api=server))
    # Batches of 100 updates are handled side by side: redis-py's 100 connections would not do.
    storage = RedisStorage.from_url(settings.redis_url.get_secret_value(), {"max_connections": 1000})
    dispatcher = Dispatcher(storage=storage)
    dispatcher.message.register(_echo)
    await dispatcher.start_polling(bot, allowed_updates=["message"])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `jiesu bot` runs; both sides alike
        runner.run(_run(load_settings()))
