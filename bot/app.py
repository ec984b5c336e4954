"""Wires the channels of one process: the talks, the Telegram bots whose tokens are set, the web chat, the notifier."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from redis.asyncio import Redis

from backend.contract.channels import PAGES, WEB, channel_named
from backend.contract.client import BackendClient, ContactClient, StaffClient
from backend.contract.client_address import Networks
from backend.contract.clock import Clock
from bot.web.app import add_routes, finish
from bot.web.bubbles import answer_bubbles
from bot.web.channel import WebChannel
from bot.web.deps import CallPanel, WebDeps
from bot.web.rooms import Rooms
from bot.web.staff_tokens import StaffTokens
from bot.web.transcript import Transcript
from dialogs.delivery.channel import Channel
from dialogs.delivery.notifier import Notifier
from dialogs.delivery.refiling import refiling
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.exchange import Reply
from dialogs.ground import Ground
from dialogs.notices import Notices
from dialogs.sessions import RedisSessions
from dialogs.staff import StaffTalk

if TYPE_CHECKING:
    from bot.telegram.app import TelegramBot

log = logging.getLogger(__name__)

_TRANSCRIPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class BotSettings:
    backend_url: str
    channel_token: str
    secret: bytes
    """Signs the cookies of web visitors."""
    public_url: str
    trusted_proxies: Networks
    session_hours: float
    """How long a half-filled form stays at hand; after that it is a draft in the backend."""
    attachment_bytes: int
    telegram_api_url: str
    telegram_tokens: Mapping[str, str]
    """By channel; a bot without a token stays off."""
    webhook_secret: str | None
    """None: updates are polled."""


class Bots:
    """Every channel of this process; `add_routes` before serving, `running` while served."""

    def __init__(
        self,
        settings: BotSettings,
        talk: EnterpriseTalk,
        deps: WebDeps,
        telegram: Mapping[str, TelegramBot],
        notifier: Notifier,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._talk = talk
        self._deps = deps
        self._telegram = telegram
        self._notifier = notifier
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def built(
        cls,
        settings: BotSettings,
        ground: Ground,
        redis: Redis,
        clock: Clock,
        call: CallPanel | None = None,
    ) -> AsyncIterator[Bots]:
        """Put everything together. `call`: what the enterprise page loads to have a call button."""
        async with aiohttp.ClientSession() as session:
            client = BackendClient.to(session, settings.backend_url, settings.channel_token)
            yield cls._build(settings, ground, redis, client, clock, call)

    @classmethod
    def _build(
        cls,
        settings: BotSettings,
        ground: Ground,
        redis: Redis,
        client: BackendClient,
        clock: Clock,
        call: CallPanel | None,
    ) -> Bots:
        city, zone, scenarios = ground.city, ground.zone, ground.scenarios
        sessions = RedisSessions(redis, keep=timedelta(hours=settings.session_hours))
        tokens = StaffTokens()

        def contact(person: Person) -> ContactClient:
            return client.acting_as(person.key)

        def member(person: Person) -> StaffClient:
            if channel_named(person.channel).is_page:
                return client.with_token(tokens.current())
            return client.acting_as(person.key)

        enterprise = EnterpriseTalk(contact, sessions, scenarios, city, zone, finder=ground.finder)
        staff = StaffTalk(member, sessions, scenarios, city, zone)
        notices = Notices(scenarios, zone)
        telegram = _telegram(settings, enterprise, staff, client, notices, redis, clock)
        rooms = Rooms(Transcript(redis, _TRANSCRIPT_SECONDS))
        pages: list[Channel] = [WebChannel(page.name, rooms, notices, clock) for page in PAGES]
        notifier = Notifier(client, [*(one.channel for one in telegram.values()), *pages], redis, clock)
        deps = WebDeps(
            backend=client,
            enterprise=enterprise.handle,
            staff=staff.handle,
            staff_tokens=tokens,
            rooms=rooms,
            wake=notifier.wake,
            secret=settings.secret,
            city=city,
            texts=[one.template.model_dump_json() for one in scenarios.values()],
            public_url=settings.public_url,
            trusted_proxies=settings.trusted_proxies,
            upload_limit=settings.attachment_bytes,
            call=call,
            now=clock,
        )
        return cls(settings, enterprise, deps, telegram, notifier, clock)

    @property
    def telegram_names(self) -> list[str]:
        """User names of the Telegram bots that have started."""
        return [one.username for one in self._telegram.values() if one.username]

    def add_routes(self, app: web.Application) -> None:
        add_routes(app, self._deps)
        if self._settings.webhook_secret is not None:
            app.router.add_routes([one.webhook_route() for one in self._telegram.values()])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Bots and notifier at work for the length of a block; at its end each finishes what it has begun."""
        notifying = asyncio.create_task(self._notifier.run(), name="notifier")
        bots = [asyncio.create_task(_run(one), name=f"telegram {one.CHANNEL}") for one in self._telegram.values()]
        warming = asyncio.create_task(asyncio.to_thread(self._talk.warm_up))
        try:
            async with refiling(self._talk, self._tell, (WEB.name, *self._telegram), self._clock):
                yield
        finally:
            warming.cancel()
            # First of all no new updates: their answers would go before the notices in hand.
            await asyncio.gather(*(one.hold() for one in self._telegram.values()))
            self._notifier.stop()
            await asyncio.gather(notifying, warming, return_exceptions=True)  # what it has in hand still goes out
            await asyncio.gather(*(one.stop() for one in self._telegram.values()))
            await asyncio.gather(*bots, return_exceptions=True)
            await finish(self._deps)
            await self._talk.close()

    async def _tell(self, person: Person, reply: Reply) -> None:
        if person.channel in self._telegram:
            await self._telegram[person.channel].tell(person, reply)
            return
        bubbles = answer_bubbles(reply, str(uuid.uuid4()), self._clock())
        await self._deps.rooms.publish(person.key, bubbles)


def _telegram(
    settings: BotSettings,
    enterprise: EnterpriseTalk,
    staff: StaffTalk,
    client: BackendClient,
    notices: Notices,
    redis: Redis,
    clock: Clock,
) -> dict[str, TelegramBot]:
    """The bots that have a token. aiogram takes seconds to import: who has no token need not wait for it."""
    if not settings.telegram_tokens:
        return {}
    from bot.telegram.app import Webhook, make_bot
    from bot.telegram.enterprise import EnterpriseBot
    from bot.telegram.staff import StaffBot

    webhook = Webhook(settings.public_url, settings.webhook_secret) if settings.webhook_secret is not None else None
    bots: dict[str, TelegramBot] = {}
    for name, token in settings.telegram_tokens.items():
        account = make_bot(token, settings.telegram_api_url)
        if name == EnterpriseBot.CHANNEL:
            bots[name] = EnterpriseBot(account, enterprise, client, notices, redis, webhook=webhook, now=clock)
        else:
            bots[name] = StaffBot(account, staff, client, notices, redis, webhook=webhook, now=clock)
    return bots


async def _run(bot: TelegramBot) -> None:
    try:
        await bot.run()
    except Exception:
        log.exception("a Telegram bot stopped; check its token", extra={"channel": bot.CHANNEL})
