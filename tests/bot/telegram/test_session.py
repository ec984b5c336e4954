"""aiogram's session: types that are kept, and one server that is spoken to."""

import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import DeleteMessage, Response, SendMessage
from aiohttp import ClientError, web

from bot.telegram.app import make_bot


@asynccontextmanager
async def leading_elsewhere(status: int) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that redirects all but `/elsewhere`, and what came there."""
    came: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path != "/elsewhere":
            return web.Response(status=status, headers={"Location": "/elsewhere"})
        came.append(await request.text())
        return web.json_response({"ok": True, "result": True})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield "http://{}:{}".format(*runner.addresses[0][:2]), came
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_message_is_never_posted_elsewhere(status: int) -> None:
    async with leading_elsewhere(status) as (url, came):
        bot = make_bot("123456:ABC", url)
        try:
            with pytest.raises(TelegramNetworkError):
                await bot(SendMessage(chat_id=1, text="查询码 12345678"))
            with pytest.raises(ClientError):
                async for _ in bot.session.stream_content(f"{url}/file"):
                    pass
        finally:
            await bot.session.close()
    assert came == []


async def test_the_type_of_an_answer_is_made_once_and_not_for_every_call() -> None:
    bot = make_bot("1:token")
    method = DeleteMessage(chat_id=1, message_id=1)
    bot.session.check_response(bot, method, 200, '{"ok": true, "result": true}')
    made = weakref.ref(Response[bool])
    gc.collect()
    assert made() is not None
    assert bot.session.check_response(bot, method, 200, '{"ok": true, "result": true}').result is True
    await bot.session.close()
