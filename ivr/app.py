"""Wires the phone of one process: talk, speech model, prompts, and the ways by which calls come and go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import aiohttp
from redis.asyncio import Redis

from backend.contract import phone
from backend.contract.client import BackendClient
from backend.contract.clock import Clock
from backend.contract.errors import BackendError
from backend.contract.message import Localized
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
from backend.contract.models.tickets import TicketSummary
from dialogs.conversation_data import ConversationData
from dialogs.delivery.notifier import Notifier
from dialogs.delivery.refiling import refiling
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.exchange import Reply
from dialogs.notices import Notices
from dialogs.pinyin import syllables
from dialogs.sessions import RedisSessions
from dialogs.speech.decoding import decoding_threads
from dialogs.speech.dictation import dictations
from dialogs.speech.model import load
from dialogs.templates.scenario import Scenarios
from dialogs.understanding.emergencies import Emergencies
from ivr.audiosocket.server import AudioSocketServer
from ivr.audiosocket.settings import AudioSocketSettings
from ivr.call import CallHandler
from ivr.meters import Meters
from ivr.outbound.delivery import PhoneDelivery
from ivr.outbound.sms import Sms, SmsSettings
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from ivr.talk.call_deps import CallDeps
from ivr.talk.ear import Ear
from ivr.talk.followup import FollowUp
from ivr.talk.hotline import Hotline, HotlineSettings
from ivr.talk.places import Places
from ivr.talk.small_talk import SmallTalk
from ivr.talk.vocabulary import check_phrases
from ivr.voice.voice import Voice

log = logging.getLogger(__name__)

CHANNELS = (phone.CHANNEL,)
"""Channels that this room speaks for."""
_MOST_TICKETS = 20
_MOST_CALLS_OUT = 5
"""Calls that we make at a time: callers must always find a line."""
_LEASE_SECONDS = 180
"""A call rings, and the person says whether it suits, within this."""


@dataclass(frozen=True)
class PhoneSettings:
    backend_url: str
    channel_token: str
    session_hours: float
    """How long a half-filled form stays at hand; after that it is a draft in the backend."""
    model: Path | None
    """Folder of the speech model; None: callers answer by keys only."""
    threads: int
    """Recognisers that decode at a time; as many as there are cores."""
    prompts: Path | None
    """Folder of recordings that stand in for our own."""
    seat: str
    personal: str
    on_hangup: Literal["ticket", "draft"]
    sip: SipSettings | None
    audiosocket: AudioSocketSettings | None
    sms: SmsSettings | None
    drain_seconds: float
    """For calls under way when the service stops."""


class Phone:
    """`handler` answers calls; `running` takes and makes them, and delivers what the outbox has for phones."""

    def __init__(
        self,
        settings: PhoneSettings,
        talk: EnterpriseTalk,
        hotline: Hotline,
        client: BackendClient,
        notices: Notices,
        redis: Redis,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._talk = talk
        self._hotline = hotline
        self._client = client
        self._notices = notices
        self._redis = redis
        self._clock = clock
        refused = partial(self.meters.refused, "sip")
        self.sip = SipWorkers(settings.sip, hotline, refused=refused) if settings.sip is not None else None
        if (sip := self.sip) is not None:
            self.meters.watch_sip(lambda: sip.up, lambda: sum(sip.registered.values()))

    @classmethod
    @asynccontextmanager
    async def built(
        cls, settings: PhoneSettings, data: ConversationData, redis: Redis, clock: Clock
    ) -> AsyncIterator[Phone]:
        """Put everything together. Raises ModelUnavailable for a model that cannot be loaded, PhraseFaults for phrases
        of the menu or of templates that it can never hear.
        """
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            threads = stack.enter_context(decoding_threads(settings.threads))
            client = BackendClient.to(session, settings.backend_url, settings.channel_token)
            sessions = RedisSessions(redis, keep=timedelta(hours=settings.session_hours))
            # What was said counts by its sound: a recogniser writes 着活 for 着火.
            emergencies = Emergencies.of(data.city, syllables)
            talk = EnterpriseTalk(
                lambda person: client.acting_as(person.key),
                sessions,
                data.scenarios,
                data.city,
                data.zone,
                finder=data.finder,
                emergencies=emergencies,
            )
            small_talk = SmallTalk.of(data.scenarios)
            ear = await _ear(settings, data, threads)
            places = await asyncio.to_thread(_places, data.scenarios, ear) if ear is not None else Places()
            hotline = Hotline(
                settings=HotlineSettings(
                    city=Localized({"zh": data.city.name, "en": data.city.name_en or data.city.name}),
                    seat=settings.seat,
                    personal=settings.personal,
                    on_hangup=settings.on_hangup,
                ),
                deps=CallDeps(
                    talk=talk.handle,
                    keep=_Keeper(client),
                    now=clock,
                    language=talk.language_of,
                    places=places,
                    emergencies=emergencies,
                    is_small_talk=small_talk,
                ),
                voice=await asyncio.to_thread(Voice.open, overrides=settings.prompts),
                ear=ear,
                scenarios=data.scenarios,
                finder=data.finder,
                tickets=_Tickets(client),
            )
            notices = Notices(data.scenarios, data.zone, buttons=False)
            yield cls(settings, talk, hotline, client, notices, redis, clock)

    @property
    def handler(self) -> CallHandler:
        return self._hotline

    @property
    def meters(self) -> Meters:
        return self._hotline.deps.meters

    async def ask_sip(self) -> str:
        """`ok`, `none` where no calls come by SIP, or what is missing: for a probe."""
        if self.sip is None:
            return "none"
        if not self.sip.up:
            return "down"
        return "ok" if all(self.sip.registered.values()) else "unregistered"

    @property
    def hears(self) -> bool:
        return self._hotline.ear is not None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Calls are taken and made for the length of a block; at its end those under way may finish for a while."""
        async with AsyncExitStack() as stack:
            ways: list[SipWorkers | AudioSocketServer] = [self.sip] if self.sip is not None else []
            if (audiosocket := self._settings.audiosocket) is not None:
                refused = partial(self.meters.refused, "audiosocket")
                ways.append(AudioSocketServer(audiosocket, self._hotline, refused=refused))
            for way in ways:
                await way.start()
                stack.push_async_callback(way.stop)  # for what fails before all are open; again, it does nothing
            await stack.enter_async_context(self._delivering(ways))
            warming = asyncio.create_task(asyncio.to_thread(self._talk.warm_up), name="warm up")
            try:
                async with refiling(self._talk, _tell_nobody, CHANNELS, self._clock):
                    yield
            finally:
                warming.cancel()
                await asyncio.gather(warming, return_exceptions=True)
        await self._talk.close()

    @asynccontextmanager
    async def _delivering(self, ways: Sequence[SipWorkers | AudioSocketServer]) -> AsyncIterator[None]:
        """The outbox's calls and short messages. Its end ends all calls, after no new one has been begun."""
        async with aiohttp.ClientSession() as session:
            sms = Sms(session, self._settings.sms) if self._settings.sms is not None else None
            dial = self.sip.dial if self.sip is not None and self.sip.has_trunk else None
            follow_up, engaged = FollowUp(self._hotline), self._hotline.engaged
            channel = PhoneDelivery(follow_up, self._client, self._notices, dial, sms, engaged=engaged, now=self._clock)
            notifier = Notifier(
                self._client,
                [channel],
                self._redis,
                self._clock,
                stop_seconds=self._settings.drain_seconds,
                lease_seconds=_LEASE_SECONDS,
                most_in_hand=_MOST_CALLS_OUT,
            )
            notifying = asyncio.create_task(notifier.run(), name="phone notifier")
            try:
                yield
            finally:
                notifier.stop()
                await asyncio.gather(notifying, return_exceptions=True)
                await asyncio.gather(*(way.stop(self._settings.drain_seconds) for way in ways))
                await channel.stop()


@dataclass(frozen=True)
class _Keeper:
    """Keeps recordings as attachments of the caller's, with what they say."""

    client: BackendClient

    async def __call__(self, wav: bytes, transcript: str, *, person: Person, key: str) -> AttachmentOut:
        client = self.client.acting_as(person.key)
        kept = await client.upload(wav, name="recording.wav", key=key)
        if not transcript:
            return kept
        try:
            return await client.set_transcript(kept.id, TranscriptIn(text=transcript), key=f"{key}-text")
        except BackendError as error:
            log.warning("a transcript was not kept", extra={"action": "set_transcript", "code": error.code})
            return kept


@dataclass(frozen=True)
class _Tickets:
    client: BackendClient

    async def __call__(self, person: Person) -> list[TicketSummary]:
        return list((await self.client.acting_as(person.key).list_tickets(limit=_MOST_TICKETS)).items)


async def _ear(settings: PhoneSettings, data: ConversationData, threads: Executor) -> Ear | None:
    if settings.model is None:
        return None
    model = await asyncio.to_thread(load, settings.model)
    await asyncio.to_thread(check_phrases, model.knows, data.scenarios)
    return Ear(model, threads, dictations(settings.threads), emergencies=data.city.emergencies)


def _places(scenarios: Scenarios, ear: Ear) -> Places:
    """What can be named of the city; the rest is keyed, after its county."""
    places = Places.of(scenarios, ear.knows)
    ear.learn(places.choices)
    if places.unheard:
        counts = {"action": "learn_places", "unheard": places.unheard, "places": places.total}
        log.warning("the speech model has no words for some townships", extra=counts)
    return places


async def _tell_nobody(_person: Person, _reply: Reply) -> None:
    """The caller has hung up; the acceptance notice tells them."""
