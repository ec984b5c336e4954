"""Wires the channels of one process: the talks, bots of messengers that have an account, the web chat, the notifier."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import aiohttp
from aiohttp import web
from redis.asyncio import Redis

from backend.contract.channels import PAGES, WEB, channel_named
from backend.contract.client import BackendClient, ContactClient, StaffClient
from backend.contract.client_address import Networks
from backend.contract.clock import Clock
from bot import channels
from bot.messenger.house import Account, House, Make, Messenger
from bot.web.app import add_routes, finish
from bot.web.bubbles import answer_bubbles
from bot.web.delivery import PageDelivery
from bot.web.deps import CallPanel, WebDeps
from bot.web.rooms import Rooms
from bot.web.staff_tokens import StaffTokens
from bot.web.transcript import Transcript
from dialogs.conversation_data import ConversationData
from dialogs.delivery.delivery import Delivery
from dialogs.delivery.notifier import Notifier
from dialogs.delivery.refiling import refiling
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.exchange import Reply
from dialogs.gathering import QUIET_SECONDS
from dialogs.notices import Notices
from dialogs.sessions import RedisSessions
from dialogs.speech.voice_messages import VoiceMessages
from dialogs.staff import StaffTalk
from dialogs.understanding import Proposer
from dialogs.understanding.language_model import LanguageModel, LanguageModelSettings

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
    speech_model: Path | None
    """Without one voice messages are kept, and not heard."""
    accounts: Mapping[str, Account]
    """Of messengers, by channel; a bot without one stays off."""
    language_model: LanguageModelSettings | None = None
    """Asked what is not understood here; None: nobody is."""


class Bots:
    """Every channel of this process; `add_routes` before serving, `running` while served."""

    def __init__(
        self,
        talk: EnterpriseTalk,
        deps: WebDeps,
        messengers: Mapping[str, Messenger],
        notifier: Notifier,
        clock: Clock,
    ) -> None:
        self._talk = talk
        self._deps = deps
        self._messengers = messengers
        self._notifier = notifier
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def built(
        cls,
        settings: BotSettings,
        data: ConversationData,
        redis: Redis,
        clock: Clock,
        call: CallPanel | None = None,
    ) -> AsyncIterator[Bots]:
        """Put everything together. `call`: what the enterprise page loads to have a call button."""
        async with aiohttp.ClientSession() as session:
            client = BackendClient.to(session, settings.backend_url, settings.channel_token)
            chosen = settings.language_model
            proposer = None if chosen is None else LanguageModel(session, chosen, data.scenarios)
            yield cls._build(settings, data, redis, client, clock, call, proposer)

    @classmethod
    def _build(
        cls,
        settings: BotSettings,
        data: ConversationData,
        redis: Redis,
        client: BackendClient,
        clock: Clock,
        call: CallPanel | None,
        proposer: Proposer | None,
    ) -> Bots:
        city, zone, scenarios = data.city, data.zone, data.scenarios
        sessions = RedisSessions(redis, keep=timedelta(hours=settings.session_hours))
        tokens = StaffTokens()

        def contact(person: Person) -> ContactClient:
            return client.acting_as(person.key)

        def member(person: Person) -> StaffClient:
            if channel_named(person.channel).is_page:
                return client.with_token(tokens.current())
            return client.acting_as(person.key)

        ears = None if settings.speech_model is None else VoiceMessages(settings.speech_model)
        enterprise = EnterpriseTalk(
            contact, sessions, scenarios, city, zone, finder=data.finder, ears=ears, proposer=proposer
        )
        staff = StaffTalk(member, sessions, scenarios, city, zone)
        notices = Notices(scenarios, zone)
        house = House(enterprise, staff, client, notices, redis, clock, settings.public_url)
        messengers = _messengers(house, settings.accounts)
        rooms = Rooms(Transcript(redis, _TRANSCRIPT_SECONDS))
        pages: list[Delivery] = [PageDelivery(page.name, rooms, notices, clock) for page in PAGES]
        notifier = Notifier(client, [*(one.delivery for one in messengers.values()), *pages], redis, clock)
        deps = WebDeps(
            backend=client,
            enterprise=enterprise.handle,
            together=enterprise.handle_together,
            quiet_seconds=QUIET_SECONDS,
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
        return cls(enterprise, deps, messengers, notifier, clock)

    @property
    def addresses(self) -> list[str]:
        """Where people find the messengers' bots that have started."""
        return [one.address for one in self._messengers.values() if one.address]

    def add_routes(self, app: web.Application) -> None:
        add_routes(app, self._deps)
        for one in self._messengers.values():
            app.router.add_routes(one.routes())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Bots and notifier at work for the length of a block; at its end each finishes what it has begun."""
        notifying = asyncio.create_task(self._notifier.run(), name="notifier")
        bots = [asyncio.create_task(_run(name, one), name=f"bot {name}") for name, one in self._messengers.items()]
        warming = asyncio.create_task(asyncio.to_thread(self._talk.warm_up))
        try:
            async with refiling(self._talk, self._tell, (WEB.name, *self._messengers), self._clock):
                yield
        finally:
            warming.cancel()
            # First of all no new updates: their answers would go before the notices in hand.
            await asyncio.gather(*(one.hold() for one in self._messengers.values()))
            self._notifier.stop()
            await asyncio.gather(notifying, warming, return_exceptions=True)  # what it has in hand still goes out
            await asyncio.gather(*(one.stop() for one in self._messengers.values()))
            await asyncio.gather(*bots, return_exceptions=True)
            await finish(self._deps)
            await self._talk.close()

    async def _tell(self, person: Person, reply: Reply) -> None:
        if person.channel in self._messengers:
            await self._messengers[person.channel].tell(person, reply)
            return
        bubbles = answer_bubbles(reply, str(uuid.uuid4()), self._clock())
        await self._deps.rooms.publish(person.key, bubbles)


def _messengers(house: House, accounts: Mapping[str, Account]) -> dict[str, Messenger]:
    """The bots that have an account."""
    made: dict[str, Messenger] = {}
    for one in channels.MESSENGERS:
        own = {name: accounts[name] for name in one.channels if name in accounts}
        if own:
            make: Make = import_module(one.module).bots
            made |= make(house, own)
    return made


async def _run(name: str, bot: Messenger) -> None:
    try:
        await bot.run()
    except Exception:
        log.exception("a messenger's bot stopped; check its token", extra={"channel": name})
