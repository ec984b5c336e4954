"""The hotline over a real backend and the real speech model, for calls in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from backend.contract.models import AttachmentOut, TicketOut, TicketSummary, TranscriptIn
from dialogs.emergencies import Emergencies
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.finder import OverlapFinder
from dialogs.message import Localized
from ivr.speech.model import SpeechModel
from ivr.talk.conversation import Shared
from ivr.talk.ear import Ear
from ivr.talk.hotline import Hotline, HotlineSettings
from tests.dialogs.conftest import Town, backend, city, city_url, deps, town
from tests.ivr.speech.conftest import speech_model, threads
from tests.ivr.talk.callers import BriefVoice, ReactingCall

__all__ = ["backend", "city", "city_url", "deps", "speech_model", "threads", "town"]


@dataclass
class Exchange:
    """The hotline, and what came of its calls."""

    town: Town
    hotline: Hotline

    async def takes(self, call: ReactingCall, **changes: object) -> ReactingCall:
        """The call to its end; every cue must have come."""
        hotline = replace(self.hotline, **changes) if changes else self.hotline  # type: ignore[arg-type]
        await hotline(call)
        await call.hangup()
        assert not call.missed, f"never heard {call.missed} in:\n{call.said}"
        return call

    async def tickets(self) -> list[TicketOut]:
        """All there are, newest first, as the office sees them."""
        office = self.town.backend.staff("office")
        page = await office.list_tickets(queue="all")
        return [await office.view_ticket(one.number) for one in page.items]

    async def only_ticket(self) -> TicketOut:
        tickets = await self.tickets()
        assert len(tickets) == 1, [ticket.title for ticket in tickets]
        return tickets[0]


@pytest.fixture
def exchange(town: Town, speech_model: SpeechModel, threads: ThreadPoolExecutor) -> Iterator[Exchange]:
    client = town.backend.client

    async def keep(wav: bytes, transcript: str, *, person: Person, key: str) -> AttachmentOut:
        kept = await client.upload(wav, name="recording.wav", actor=person.key, key=key)
        if not transcript:
            return kept
        return await client.set_transcript(kept.id, TranscriptIn(text=transcript), actor=person.key, key=f"{key}-text")

    async def tickets(person: Person) -> list[TicketSummary]:
        return (await client.list_tickets(actor=person.key)).items

    talk: EnterpriseTalk = town.enterprise_talk
    now: Callable[[], object] = town.backend.clock
    yield Exchange(
        town,
        Hotline(
            settings=HotlineSettings(
                city=Localized({"zh": town.out.name, "en": town.out.name_en}),
                seat="",
                personal="",
                on_hangup="ticket",
            ),
            shared=Shared(talk=talk.handle, keep=keep, now=now),  # type: ignore[arg-type]
            voice=BriefVoice(),
            ear=Ear(speech_model, threads),
            scenarios=town.scenarios,
            finder=OverlapFinder(town.scenarios),
            emergencies=Emergencies(town.out.emergencies),
            tickets=tickets,
            lockstep=True,
        ),
    )
