"""The whole phone on free ports of loopback: SIP workers, the speech model, the prompts, a served backend, Valkey."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from backend.contract.models.organisation import CityOut
from backend.contract.models.tickets import TicketOut
from dialogs.conversation_data import ConversationData
from dialogs.finder import MixtureFinder
from dialogs.speech.delivery import fetch
from dialogs.templates.districts import district_tree
from ivr.app import Phone, PhoneSettings
from ivr.call import DIGITS
from ivr.outbound.sms import SmsSettings
from ivr.sip.settings import SipSettings, Trunk
from settings import default_models_dir
from tests.backend.city import SERVICE_TOKEN, Backend
from tests.built_in import built_in_scenarios
from tests.ivr.calls.tap import PATIENCE, Captions, Tap, TappedWorkers
from tests.ivr.sip.phone import Phone as PacketPhone
from tests.ivr.sip.phone import free_port
from tests.ivr.softphone import Softphone, softphone

_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {"幺": "1"}


@dataclass
class Exchange:
    """A phone that takes calls at `port`, and all that came of them."""

    backend: Backend
    phone: Phone
    port: int
    tap: Tap

    @asynccontextmanager
    async def caller(self, number: str) -> AsyncIterator[tuple[Softphone, Captions]]:
        """A baresip in a call with us, and what it is told; the number is a Chinese mobile's as dialled at home."""
        async with softphone(number) as caller:
            await caller.dial(self.port)
            yield caller, self.tap[f"+86{number}"]

    @asynccontextmanager
    async def packets(self, number: str, worker: int = 0) -> AsyncIterator[tuple[PacketPhone, Captions]]:
        """The same, of a telephone whose every packet the test sees, and to one of several workers."""
        caller = await PacketPhone.dial(self.port + 2 * worker, number)
        try:
            yield caller, self.tap[f"+86{number}"]
        finally:
            await caller.close()

    async def tickets(self) -> list[TicketOut]:
        """All there are, newest first, as the office sees them."""
        office = self.backend.staff("office")
        page = await office.list_tickets(queue="all", limit=100)
        return [await office.view_ticket(one.number) for one in page.items]

    async def ticket_of(self, number: str) -> TicketOut:
        """The one ticket of a caller."""
        own = await self.backend.client.acting_as(f"phone:+86{number}").list_tickets()
        assert len(own.items) == 1, [one.title for one in own.items]
        return await self.backend.staff("office").view_ticket(own.items[0].number)

    async def filed_by(self, number: str, patience: float = PATIENCE) -> TicketOut:
        """The same once it is there: what is left by hanging up is filed after the call."""
        async with asyncio.timeout(patience):
            while not (await self.backend.client.acting_as(f"phone:+86{number}").list_tickets()).items:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return await self.ticket_of(number)

    def keys_of(self, number: str) -> str:
        """All keys that a caller's telephone sent and the phone took."""
        return "".join(text for text in self.tap[f"+86{number}"].heard if text in DIGITS)


@asynccontextmanager
async def served(
    backend: Backend,
    redis_url: str,
    *,
    workers: int = 1,
    trunk: Trunk | None = None,
    sms: SmsSettings | None = None,
    seat: str = "",
    **changes: object,
) -> AsyncIterator[Exchange]:
    """`changes` are of PhoneSettings."""
    port = free_port()
    sip = SipSettings(port=port, workers=workers, trunk=trunk, rtp_ports=(20000, 29999))
    settings = PhoneSettings(
        backend_url=backend.url,
        channel_token=SERVICE_TOKEN,
        session_hours=72,
        model=fetch(default_models_dir()),
        threads=2,
        prompts=None,
        seat=seat,
        personal="",
        on_hangup="ticket",
        sip=None,  # the tapped one stands in for it
        audiosocket=None,
        sms=sms,
        drain_seconds=0,
    )
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    data = _conversation_data((await backend.client.view_city()).model_dump_json())
    tap = Tap()
    async with AsyncExitStack() as stack:
        redis = Redis.from_url(redis_url)
        stack.push_async_callback(redis.aclose)
        phone = await stack.enter_async_context(Phone.built(settings, data, redis, backend.clock))
        phone.sip = TappedWorkers(sip, phone.handler, tap)
        await stack.enter_async_context(phone.running())
        yield Exchange(backend, phone, port, tap)


def alike(text: str, transcript: str) -> float:
    """1 when only punctuation differs."""
    one, other = (re.sub(r"\W", "", words) for words in (text, transcript))
    return difflib.SequenceMatcher(None, one, other).ratio()


def digits(said: str) -> str:
    """The digits that are said one by one, and nothing else."""
    return "".join(_DIGITS.get(sign, sign if sign.isdecimal() else "") for sign in said)


@cache
def _conversation_data(city: str) -> ConversationData:
    known = CityOut.model_validate_json(city)
    scenarios = built_in_scenarios(district_tree(known.districts))
    return ConversationData(known, ZoneInfo("Asia/Shanghai"), scenarios, MixtureFinder(scenarios, lambda: None))
