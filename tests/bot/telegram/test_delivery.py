"""Notices that are delivered again, to people who are gone, or while Telegram is away."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from backend.contract.models.notices import NoticeOut
from bot.telegram.app import make_bot
from bot.telegram.enterprise import EnterpriseBot
from bot.telegram.sender import TelegramLimits
from dialogs.delivery.delivery import UndeliverableError
from dialogs.notices import Notices
from dialogs.templates.scenario import Scenarios
from tests.backend.city import Backend
from tests.bot.telegram.bots import ENTERPRISE_TOKEN, SHANGHAI
from tests.botapi import BotApiServer, ChatDriver

HASTY = TelegramLimits(attempts=2, first_backoff=0.01, last_backoff=0.01, longest_wait=0.5)


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with await BotApiServer.start() as running:
        yield running


@pytest.fixture
def chat(server: BotApiServer) -> ChatDriver:
    return server.user(7, "王").chat_with(server.add_bot(ENTERPRISE_TOKEN, "jiesu_bot"))


@pytest.fixture
async def bot(server: BotApiServer, chat: ChatDriver, backend: Backend, redis_url: str) -> AsyncIterator[EnterpriseBot]:
    redis = Redis.from_url(redis_url)
    account = make_bot(ENTERPRISE_TOKEN, server.url)
    talk: Any = None  # no update comes here
    notices = Notices(Scenarios({}, {}), SHANGHAI)
    built = EnterpriseBot(account, talk, backend.client, notices, redis, limits=HASTY, now=backend.clock)
    yield built
    await built.stop(1.0)
    await redis.aclose()


def notice(address: str = "7", template: str = "closed") -> NoticeOut:
    args = {"number": "261123000017", "title": "厂区停电", "reason": "已按规定办结"}
    return NoticeOut(
        id=1,
        key="261123000017.closed",
        channel="telegram",
        address=address,
        language="zh_CN",
        template=template,
        args=args,
        ticket="261123000017",
        attempts=1,
    )


async def test_a_notice_that_comes_again_is_not_shown_again(bot: EnterpriseBot, chat: ChatDriver) -> None:
    await bot.delivery.deliver(notice())
    await bot.delivery.deliver(notice())
    assert len(chat.bot_messages) == 1


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [("blocked", "blocked"), ("unknown", "gone"), ("down", "temporary"), ("flood", "temporary"), ("new", "refused")],
)
async def test_why_it_could_not_be_delivered(
    bot: EnterpriseBot, server: BotApiServer, chat: ChatDriver, trouble: str, reason: str
) -> None:
    told = notice("8" if trouble == "unknown" else "7", "not_yet_invented" if trouble == "new" else "closed")
    if trouble == "blocked":
        server.user(7, "王").block(server.world.bots[ENTERPRISE_TOKEN])
    elif trouble == "down":
        server.fail("sendMessage", times=2, status=502)
    elif trouble == "flood":
        server.fail("sendMessage", status=429, retry_after=60)
    with pytest.raises(UndeliverableError) as raised:
        await bot.delivery.deliver(told)
    assert raised.value.reason == reason
    if trouble == "flood":
        assert raised.value.retry_seconds >= 60


async def test_after_an_outage_it_is_delivered(bot: EnterpriseBot, server: BotApiServer, chat: ChatDriver) -> None:
    server.fail("sendMessage", times=2, status=502)
    with pytest.raises(UndeliverableError):
        await bot.delivery.deliver(notice())
    await bot.delivery.deliver(notice())
    assert len(chat.bot_messages) == 1
