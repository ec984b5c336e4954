"""A web page lives through the death of the process that serves it."""

import asyncio
from collections import Counter

import pytest

from tests.failures.people import ApiHandler, reply_to
from tests.failures.town import DISTRICTS, SCENARIO, Town
from tests.failures.visitor import Visitor, text_of

pytestmark = [pytest.mark.failure, pytest.mark.slow]


_UNACKNOWLEDGED = "SELECT key FROM notice WHERE done_at IS NULL AND channel = 'web'"


async def test_web_page_survives(town: Town) -> None:
    async with Visitor.opened(town.web_url) as visitor:
        await visitor.does(type="start", payload=SCENARIO)
        await visitor.presses("完全不亮")
        await visitor.reads("在哪个区")
        town.bot.kill()
        await visitor.says(DISTRICTS[0])  # under way while nobody is there
        await visitor.reads("一共几盏")
        await visitor.says("3")
        await visitor.says("门口的路灯坏了好几天，请派人来修。")
        await visitor.presses("确认提交")
        await visitor.reads("受理告知书")
        assert visitor.welcomes == [True, False], f"the conversation was not known again: {visitor.welcomes}"
        number = await _answered_while_the_bot_is_away(town)
        answer = await visitor.reads(reply_to(number))
        await visitor.presses("😊 满意")
        await visitor.presses("解决了")
        await visitor.presses("跳过")
        await visitor.reads("谢谢您的评价")
        await town.until(_UNACKNOWLEDGED, seconds=30.0)
    said = [text_of(bubble) for bubble in visitor.bubbles]
    assert said.count(answer) == 1, f"the notice that waited came {said.count(answer)} times"
    # A notice that is kept without its code comes once more as it is kept; pages show no key twice.
    came = Counter((bubble["key"], text_of(bubble)) for bubble in visitor.bubbles)
    again = {key: count for (key, _), count in came.items() if count > 1}
    assert not again, f"came again although the page had said where it was: {again}"
    assert len(await town.query("SELECT id FROM ticket")) == 1


async def _answered_while_the_bot_is_away(town: Town) -> str:
    """The department signs and replies just after the bot was killed; the ticket's number."""
    (row,) = await town.query("SELECT number FROM ticket")
    # Else what is on the screen, but not acknowledged, would rightly come again when the killed bot's lease ends.
    await town.until(_UNACKNOWLEDGED, seconds=30.0)
    town.bot.kill()
    over = asyncio.Event()
    handling = asyncio.create_task(ApiHandler(town.handlers[0], over).live())
    await town.until("SELECT id FROM ticket WHERE state = 'handling'", seconds=30.0)
    over.set()
    await handling
    return str(row["number"])
