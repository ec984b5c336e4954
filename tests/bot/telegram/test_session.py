"""aiogram's session with types that are kept."""

import gc
import weakref

from aiogram.methods import DeleteMessage, Response

from bot.telegram.app import make_bot


async def test_the_type_of_an_answer_is_made_once_and_not_for_every_call() -> None:
    bot = make_bot("1:token")
    method = DeleteMessage(chat_id=1, message_id=1)
    bot.session.check_response(bot, method, 200, '{"ok": true, "result": true}')
    made = weakref.ref(Response[bool])
    gc.collect()
    assert made() is not None
    assert bot.session.check_response(bot, method, 200, '{"ok": true, "result": true}').result is True
    await bot.session.close()
