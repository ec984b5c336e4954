"""Both Telegram bots at work in front of a real backend, and the people who write to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from backend.contract.client import ContactClient, StaffClient
from bot.messenger.pace import UNPACED
from bot.telegram.app import make_bot
from bot.telegram.enterprise import EnterpriseBot
from bot.telegram.poller import Polling
from bot.telegram.staff import StaffBot
from dialogs.delivery.notifier import Notifier
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.notices import Notices
from dialogs.sessions import RedisSessions
from dialogs.speech.voice_messages import Ears
from dialogs.staff import StaffTalk
from dialogs.templates import loader
from dialogs.templates.scenario import Scenarios
from tests.backend.city import Backend, new_ticket
from tests.backend.files import samples
from tests.botapi import BotAccount, BotApiServer, ChatDriver, UserDriver

ENTERPRISE_TOKEN = "1001:enterprise"
STAFF_TOKEN = "1002:staff"
SHANGHAI = ZoneInfo("Asia/Shanghai")
POLLING = Polling(timeout=5, first_backoff=0.05, last_backoff=0.5, first_retry=0.05)
SCENARIOS = loader.BUILT_IN

STORY = "这周停了三次，每次四十分钟，注塑机里的料全废了，请查清原因。"

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(300)
VOICE = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(60)
PDF = samples.pdf()


@dataclass
class Bots:
    """A town in which the bots run."""

    server: BotApiServer
    backend: Backend
    enterprise: EnterpriseBot
    staff: StaffBot
    enterprise_account: BotAccount
    staff_account: BotAccount
    _numbers: dict[str, int] = field(default_factory=dict)

    def person(self, name: str, language: str = "zh-hans") -> UserDriver:
        """Somebody with a Telegram account; the same name is the same person."""
        number = self._numbers.setdefault(name, 5001 + len(self._numbers))
        return self.server.user(number, name, language)

    def enterprise_chat(self, name: str = "王经理", language: str = "zh-hans") -> ChatDriver:
        return self.person(name, language).chat_with(self.enterprise_account)

    def staff_chat(self, name: str) -> ChatDriver:
        return self.person(name).chat_with(self.staff_account)

    async def bound(self, username: str) -> ChatDriver:
        """The private chat of a member of staff who has bound the account."""
        chat = self.staff_chat(username)
        await chat.send(f"/bind {await self.code(username)}")
        await chat.expect("绑定成功")
        return chat

    async def code(self, username: str) -> str:
        """A fresh one-time code of this member of staff."""
        return (await self.backend.staff(username).make_binding_code()).code

    async def ticket(self, chat: ChatDriver, **changes: Any) -> str:
        """File a ticket for this person past the form, and wait for the acceptance notice; its number."""
        actor = f"telegram:{chat.user['id']}"
        receipt = await self.backend.client.acting_as(actor).file_ticket(new_ticket(**changes), key=self.backend.key())
        await chat.expect(receipt.number)
        return receipt.number

    async def filed(self, chat: ChatDriver, story: str = STORY) -> str:
        """Report a power cut from the deep link to the acceptance notice; the ticket's number."""
        await fill_power_cut(chat, story)
        await chat.press("确认提交")
        accepted = await chat.expect("查询码", timeout=10)
        return number_in(accepted.text)


async def fill_power_cut(chat: ChatDriver, story: str = STORY, *, until_phone: bool = False) -> None:
    """Answer every question of the template, partly by button, partly typed, up to the summary or the last question."""
    await chat.start("power-cut")
    await chat.expect("哪种用电问题")
    await chat.press("反复停电跳闸")
    await chat.expect(lambda message: "城东区" in message.buttons)
    await chat.press("城东区")
    await chat.expect(lambda message: "东门街道" in message.buttons)
    await chat.press("东门街道")
    await chat.expect("地址")
    await chat.send("建设路18号")
    await chat.expect("从哪天开始")
    await chat.send("昨天")
    await chat.expect("大约停了几次")
    await chat.send("6")
    await chat.expect("电费交给谁")
    await chat.press("直接交供电公司")
    await chat.expect("影响多大")
    await chat.send("停了一部分")
    await chat.expect("打过95598")
    await chat.send("没有")
    await chat.expect("经过和要求")
    await chat.send(story)
    await chat.expect(lambda message: "跳过" in message.buttons)
    await chat.press("跳过")
    await chat.expect("企业或店铺")
    await chat.send("宏达制造有限公司")
    await chat.expect("（12/13）")
    await chat.send("王经理")
    await chat.expect("（13/13）")
    if until_phone:
        return
    await chat.send("13800138000")
    await chat.expect(lambda message: any("确认提交" in label for label in message.buttons))


def number_in(text: str) -> str:
    """The ticket number in a text."""
    digits = "".join(char if char.isdigit() else " " for char in text).split()
    return next(part for part in digits if len(part) == 12)


@asynccontextmanager
async def bots_at_work(
    backend: Backend,
    redis_url: str,
    scenarios: Scenarios,
    ears: Ears | None = None,
    quiet_seconds: float | None = None,
) -> AsyncIterator[Bots]:
    """Start everything; at the end stop it the way `jiesu` does. `quiet_seconds`: as `EnterpriseBot`."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(await BotApiServer.start())
        redis = Redis.from_url(redis_url)
        stack.push_async_callback(redis.aclose)
        bots = await _built(server, backend, redis, scenarios, ears, quiet_seconds)
        notifier = Notifier(backend.client, [bots.enterprise.delivery, bots.staff.delivery], redis, backend.clock)
        tasks = [asyncio.create_task(one.run()) for one in (bots.enterprise, bots.staff, notifier)]
        try:
            yield bots
        finally:
            notifier.stop()
            await tasks[2]
            await asyncio.gather(bots.enterprise.stop(2.0), bots.staff.stop(2.0))
            await asyncio.gather(*tasks)


async def _built(
    server: BotApiServer,
    backend: Backend,
    redis: Redis,
    scenarios: Scenarios,
    ears: Ears | None,
    quiet_seconds: float | None,
) -> Bots:
    city = await backend.client.view_city()
    sessions = RedisSessions(redis)
    notices = Notices(scenarios, SHANGHAI)

    def contact(person: Person) -> ContactClient:
        return backend.client.acting_as(person.key)

    def member(person: Person) -> StaffClient:
        return backend.client.acting_as(person.key)

    talk = EnterpriseTalk(contact, sessions, scenarios, city, SHANGHAI, ears=ears)
    await asyncio.to_thread(talk.warm_up)  # the first words of a process would wait for what reads them
    enterprise_account = server.add_bot(ENTERPRISE_TOKEN, "jiesu_bot")
    staff_account = server.add_bot(STAFF_TOKEN, "jiesu_staff_bot")
    enterprise = EnterpriseBot(
        make_bot(ENTERPRISE_TOKEN, server.url),
        talk,
        backend.client,
        notices,
        redis,
        limits=UNPACED,
        polling=POLLING,
        now=backend.clock,
        quiet_seconds=quiet_seconds,
    )
    staff = StaffBot(
        make_bot(STAFF_TOKEN, server.url),
        StaffTalk(member, sessions, scenarios, city, SHANGHAI),
        backend.client,
        notices,
        redis,
        limits=UNPACED,
        polling=POLLING,
        now=backend.clock,
    )
    return Bots(server, backend, enterprise, staff, enterprise_account, staff_account)
