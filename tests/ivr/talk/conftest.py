"""The hotline over a real backend and the real speech model, for calls in memory.

One backend serves all tests of a module, which takes most of their time away; each call comes from a number of its own.
So they share one event loop too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import datetime
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from backend.actions.city_views import emergency_rules
from backend.contract.acts import ANSWER_AT_ONCE, ASK, SIGN
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.sign import SignIn
from backend.contract.message import Localized
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
from backend.contract.models.notices import ClaimIn, NoticeOut
from backend.contract.models.tickets import RatingOut, TicketOut, TicketSummary
from dialogs.events import Person
from dialogs.finder import MixtureFinder
from dialogs.pinyin import syllables
from dialogs.speech.model import SpeechModel
from dialogs.understanding.emergencies import Emergencies
from embedded import EmbeddedValkey
from ivr.talk.call_deps import CallDeps
from ivr.talk.ear import Ear
from ivr.talk.hotline import Hotline, HotlineSettings
from ivr.talk.places import Places
from ivr.talk.small_talk import SmallTalk
from tests.backend.city import City, deps_with, new_ticket, running
from tests.built_in import default_policy
from tests.dialogs.conftest import Town, opened_town
from tests.dialogs.speech.conftest import speech_model
from tests.ivr.talk.callers import BriefVoice, ReactingCall

__all__ = ["speech_model"]

T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@dataclass(frozen=True)
class Exchange:
    """The hotline, and what came of its calls."""

    town: Town
    hotline: Hotline

    def with_settings(self, **changes: Any) -> Exchange:
        return replace(self, hotline=replace(self.hotline, settings=replace(self.hotline.settings, **changes)))

    def with_hotline(self, **changes: Any) -> Exchange:
        return replace(self, hotline=replace(self.hotline, **changes))

    async def takes(self, call: ReactingCall) -> ReactingCall:
        """The call to its end; every cue must have come."""
        await self.hotline(call)
        await call.hangup()
        assert not call.missed, f"never heard {call.missed} in:\n{call.said}\n{call.heard_as}"
        return call

    async def tickets(self, call: ReactingCall) -> list[TicketOut]:
        """Those that came of the call, newest first, as the office sees them."""
        page = await self.town.backend.client.acting_as(f"phone:{call.caller}").list_tickets()
        office = self.town.backend.staff("office")
        return [await office.view_ticket(one.number) for one in page.items]

    async def newest(self) -> TicketOut:
        """The latest ticket of all."""
        office = self.town.backend.staff("office")
        page = await office.list_tickets(queue="all", limit=1)
        return await office.view_ticket(page.items[0].number)

    async def ticket(self, call: ReactingCall) -> TicketOut:
        """The only one that came of the call."""
        tickets = await self.tickets(call)
        assert len(tickets) == 1, f"{[one.title for one in tickets]} of:\n{call.said}"
        return tickets[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served_town(
    city: City,
    make_database: Callable[[str], str],
    valkey: EmbeddedValkey,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    async with Redis.from_url(valkey.url, socket_timeout=2.0) as redis:
        deps = deps_with(make_database(city.template), redis, tmp_path_factory.mktemp("attachments"))
        async with running(deps, city) as backend, opened_town(backend) as town:
            yield town


@pytest.fixture(scope="session")
def ear(speech_model: SpeechModel) -> Iterator[Ear]:
    """One for all, so that its dictation is warm; decoding in the test's own thread is fastest here."""
    with InlineThreads() as threads:
        yield Ear(speech_model, threads, dictations=1, wait=120, emergencies=emergency_rules(default_policy()))


class InlineThreads(Executor):
    """Does at once what it is given."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture(scope="module")
def small_talk(served_town: Town) -> SmallTalk:
    """Learnt once a module."""
    return SmallTalk.of(served_town.scenarios)


@pytest.fixture
def exchange(served_town: Town, ear: Ear, small_talk: SmallTalk) -> Exchange:
    client = served_town.backend.client
    clock = served_town.backend.clock
    served_town.line.mend()

    def now() -> datetime:
        clock.move(seconds=1)  # no two events are of one moment
        return clock()

    async def keep(wav: bytes, transcript: str, *, person: Person, key: str) -> AttachmentOut:
        own = client.acting_as(person.key)
        kept = await own.upload(wav, name="recording.wav", key=key)
        if not transcript:
            return kept
        return await client.acting_as(person.key).set_transcript(
            kept.id, TranscriptIn(text=transcript), key=f"{key}-text"
        )

    async def tickets(person: Person) -> list[TicketSummary]:
        return (await client.acting_as(person.key).list_tickets()).items

    out = served_town.out
    talk = served_town.enterprise_talk
    return Exchange(
        served_town,
        Hotline(
            settings=HotlineSettings(
                city=Localized({"zh": out.name, "en": out.name_en}),
                seat="",
                personal="",
                on_hangup="ticket",
            ),
            deps=CallDeps(
                talk=talk.handle,
                keep=keep,
                now=now,
                language=talk.language_of,
                places=Places.of(served_town.scenarios, ear.knows),
                emergencies=Emergencies.of(out, syllables),
                is_small_talk=small_talk,
            ),
            voice=BriefVoice(),
            ear=ear,
            scenarios=served_town.scenarios,
            finder=MixtureFinder(served_town.scenarios, embedder=lambda: None),
            tickets=tickets,
            lockstep=True,
        ),
    )


@dataclass(frozen=True)
class Office:
    """What the other side does meanwhile."""

    exchange: Exchange

    async def answered(self, caller: str, **changes: Any) -> str:
        """A ticket of the caller's that was answered; its number."""
        backend = self.exchange.town.backend
        form = new_ticket("other", title="路灯不亮", unclear=True, **changes)
        receipt = await backend.client.acting_as(f"phone:{caller}").file_ticket(form, key=backend.key())
        request = AnswerAtOnceIn(version=1, text="路灯已经修好")
        await backend.staff("seat-1").do(ANSWER_AT_ONCE, receipt.number, request, key=backend.key())
        return receipt.number

    async def filed(self, caller: str) -> str:
        """A ticket of the caller's that a department handles; its number."""
        backend = self.exchange.town.backend
        receipt = await backend.client.acting_as(f"phone:{caller}").file_ticket(new_ticket(), key=backend.key())
        return receipt.number

    async def asked(self, caller: str, *texts: str) -> str:
        """A ticket of the caller's about which a department asks something; its number."""
        backend = self.exchange.town.backend
        number = await self.filed(caller)
        power = backend.staff("power-1")
        seen = await power.view_ticket(number)
        part = seen.assignments[0].id
        seen = await power.do(SIGN, part, SignIn(version=seen.version), key=backend.key())
        for text in texts or ("几点停的电",):
            seen = await power.do(ASK, part, AskIn(version=seen.version, text=text), key=backend.key())
        return number

    async def notice(self, template: str, number: str) -> NoticeOut:
        """The notice of this kind about a ticket, as the phone claims it."""
        while True:
            page = await self.exchange.town.backend.client.claim_notices(ClaimIn(channels=["phone"]))
            assert page.items, f"no {template} about {number}"
            for one in page.items:
                if (one.template, one.args.get("number")) == (template, number):
                    return one

    async def rating(self, number: str) -> RatingOut | None:
        return (await self.exchange.town.backend.staff("office").view_ticket(number)).rating


@pytest.fixture
def office(exchange: Exchange) -> Office:
    return Office(exchange)
