"""A messenger is one folder and one line of the registry: with these a form is filed, and its notices arrive."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from backend.actions import service_tokens
from backend.contract.client_address import LOOPBACK
from backend.contract.words import Scope
from bot import channels
from bot.app import Bots, BotSettings
from bot.messenger.house import Account, Make
from bot.telegram.bots import bots as telegram_bots
from dialogs.conversation_data import ConversationData
from dialogs.events import Start
from dialogs.finder import MixtureFinder
from dialogs.templates.districts import district_tree
from tests.backend.city import Backend
from tests.bot.messenger import pigeon
from tests.bot.messenger.pigeon import Loft, Pigeon, bots_of
from tests.built_in import built_in_scenarios

TOKEN = "svc_of-the-channels"
MAKERS: dict[str, Make] = {"bot.telegram.bots": telegram_bots}
"""As mypy sees them: what is imported by its name it cannot check."""


@pytest.fixture
def loft(monkeypatch: pytest.MonkeyPatch) -> Loft:
    """The messenger, in a folder of its own and with its line."""
    made = Loft()
    folder = ModuleType("pigeon_bots")
    folder.bots = bots_of(made)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, folder.__name__, folder)
    line = channels.Registered((pigeon.NAME,), folder.__name__)
    monkeypatch.setattr(channels, "MESSENGERS", (*channels.MESSENGERS, line))
    return made


async def test_a_form_is_filed_and_its_notices_arrive(backend: Backend, redis_url: str, loft: Loft) -> None:
    await service_tokens.admit_service("channels", TOKEN, Scope, channels.channel_names())
    settings, data = _settings(backend), await _conversation_data(backend)
    async with (
        Redis.from_url(redis_url) as redis,
        Bots.built(settings, data, redis, backend.clock) as bots,
        bots.running(),
    ):
        await _reports_a_power_cut(loft, "wang")
        accepted = await loft.person_sees("wang", lambda one: "查询码" in one.plain)
    page = await backend.client.with_token(TOKEN).acting_as("pigeon:wang").list_tickets()
    assert [one.number in accepted.plain for one in page.items] == [True]
    assert bots.addresses == [Pigeon.address]


def test_every_line_of_the_registry_leads_to_its_bots() -> None:
    for one in channels.MESSENGERS:
        assert import_module(one.module).bots is MAKERS[one.module]
        assert set(one.channels) <= set(channels.channel_names())


async def _reports_a_power_cut(loft: Loft, who: str) -> None:
    """Answer every question of the template, partly by button, partly typed."""
    await loft.does(who, Start("power-cut"), "反复停电跳闸")
    await loft.presses(who, "反复停电跳闸", "城东区")
    await loft.presses(who, "城东区", "东门街道")
    await loft.presses(who, "东门街道", "地址")
    for answer, next_question in (
        ("建设路18号", "从哪天开始"),
        ("昨天", "大约停了几次"),
        ("6", "电费交给谁"),
        ("直接交供电公司", "影响多大"),
        ("停了一部分", "打过95598"),
        ("没有", "经过和要求"),
        ("这周停了三次，注塑机里的料全废了，请查清原因。", "跳过"),
        ("跳过", "企业或店铺"),
        ("宏达制造有限公司", "（12/13）"),
        ("王经理", "（13/13）"),
        ("13800138000", "确认提交"),
    ):
        await loft.says(who, answer, next_question)
    await loft.presses(who, "确认提交", "")


def _settings(backend: Backend) -> BotSettings:
    return BotSettings(
        backend_url=backend.url,
        channel_token=TOKEN,
        secret=b"a secret of the tests",
        public_url=backend.url,
        trusted_proxies=LOOPBACK,
        session_hours=24,
        attachment_bytes=1024,
        speech_model=None,
        accounts={pigeon.NAME: Account("a token", "memory:")},
    )


async def _conversation_data(backend: Backend) -> ConversationData:
    city = await backend.client.view_city()
    scenarios = built_in_scenarios(district_tree(city.districts))
    return ConversationData(city, ZoneInfo("Asia/Shanghai"), scenarios, MixtureFinder(scenarios, lambda: None))
