"""Notices for telephones, from a real outbox: which are called, which are written, and what is told of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from backend.contract.acts import ANSWER_AT_ONCE
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.models.notices import ClaimIn, NoticeOut
from backend.contract.words import CallOutcome, EventKind
from dialogs.delivery.delivery import UndeliverableError
from dialogs.notices import Notices
from ivr.call import MediaCall
from ivr.fake import FakeCall
from ivr.outbound.delivery import PhoneDelivery
from ivr.outbound.sms import Sms
from ivr.sip.dialling import NotReached, Unreached
from ivr.talk.followup import Consent
from tests.backend.city import Backend, new_ticket
from tests.built_in import built_in_scenarios
from tests.ivr.calls.gateway import Gateway, gateway

NUMBER = "+8613800138000"
NOTICES = Notices(built_in_scenarios(), ZoneInfo("Asia/Shanghai"), buttons=False)


class Exchange:
    """Where calls go: each is answered, and followed up as told, unless `unreached` says why not."""

    def __init__(self, consent: Consent | Exception = Consent.YES) -> None:
        self.consent = consent
        self.unreached: NotReached | ValueError | None = None
        self.dialled: list[str] = []
        self.calls: list[FakeCall] = []
        self.over = asyncio.Event()
        self.over.set()

    async def dial(self, number: str) -> MediaCall:
        self.dialled.append(number)
        if self.unreached is not None:
            raise self.unreached
        self.calls.append(FakeCall(caller=number))
        return self.calls[-1]

    async def follow_up(self, call: MediaCall, notice: NoticeOut, decided: asyncio.Future[Consent]) -> None:
        if isinstance(self.consent, Exception):
            raise self.consent
        decided.set_result(self.consent)
        await self.over.wait()


def _channel(backend: Backend, exchange: Exchange | None, sms: Sms | None = None) -> PhoneDelivery:
    exchange_or_not = exchange or Exchange()
    dial = exchange.dial if exchange is not None else None
    return PhoneDelivery(exchange_or_not.follow_up, backend.client, NOTICES, dial, sms, now=backend.clock)


async def _filed(backend: Backend, actor: str = f"phone:{NUMBER}") -> str:
    request = new_ticket("other", kind="complaint")
    return (await backend.client.acting_as(actor).file_ticket(request, key=backend.key())).number


async def _answered(backend: Backend) -> str:
    number = await _filed(backend)
    seat = backend.staff("seat-1")
    version = (await seat.view_ticket(number)).version
    await seat.do(ANSWER_AT_ONCE, number, AnswerAtOnceIn(version=version, text="请到三楼。"), key=backend.key())
    return number


async def _claimed(backend: Backend, template: str) -> NoticeOut:
    page = await backend.client.claim_notices(ClaimIn(channels=["phone"], lease_seconds=180))
    return next(one for one in page.items if one.template == template)


async def _outcomes(backend: Backend, number: str) -> list[str]:
    events = await backend.staff("office").list_events(number)
    return [event.data["outcome"] for event in events.items if event.kind is EventKind.CALLED]


@asynccontextmanager
async def _messages() -> AsyncIterator[tuple[Gateway, Sms]]:
    async with gateway() as office, aiohttp.ClientSession() as session:
        yield office, Sms(session, office.settings)


async def test_an_acceptance_is_a_message_with_the_retrieval_code(backend: Backend) -> None:
    number = await _filed(backend)
    notice = await _claimed(backend, "received")
    async with _messages() as (office, sms):
        await _channel(backend, None, sms).deliver(notice)
    [body] = office.taken
    assert (body["to"], body["language"]) == (NUMBER, "zh_CN")
    assert NUMBER in notice.key
    assert NUMBER not in body["key"]
    assert number in body["text"]
    assert str(notice.args["code"]) in body["text"]


@pytest.mark.parametrize(("status", "reason"), [(503, "temporary"), (422, "refused")])
async def test_a_message_that_the_gateway_does_not_take(backend: Backend, status: int, reason: str) -> None:
    await _filed(backend)
    async with _messages() as (office, sms):
        office.refusals = [status]
        with pytest.raises(UndeliverableError) as undeliverable:
            await _channel(backend, None, sms).deliver(await _claimed(backend, "received"))
    assert undeliverable.value.reason == reason


async def test_what_cannot_be_sent_or_called_here_is_said_so(backend: Backend) -> None:
    await _answered(backend)
    exchange = Exchange()
    for template, channel in (("received", _channel(backend, exchange)), ("completed", _channel(backend, None))):
        backend.clock.move(minutes=5)
        with pytest.raises(UndeliverableError) as undeliverable:
            await channel.deliver(await _claimed(backend, template))
        assert undeliverable.value.reason == "unsupported"
    assert not exchange.dialled


async def test_an_account_without_a_number_is_neither_called_nor_written_to(backend: Backend) -> None:
    await _filed(backend, "phone:page-7")
    async with _messages() as (office, sms):
        with pytest.raises(UndeliverableError, match="unsupported"):
            await _channel(backend, Exchange(), sms).deliver(await _claimed(backend, "received"))
    assert not office.taken


async def test_an_answer_is_called_out_and_the_call_is_recorded_at_its_end(backend: Backend) -> None:
    number = await _answered(backend)
    exchange = Exchange()
    exchange.over.clear()
    channel = _channel(backend, exchange)
    await channel.deliver(await _claimed(backend, "completed"))
    assert exchange.dialled == [NUMBER]
    assert await _outcomes(backend, number) == []
    exchange.over.set()
    await channel.stop()
    assert await _outcomes(backend, number) == [CallOutcome.ANSWERED]
    assert exchange.calls[0].ended


@pytest.mark.parametrize(
    ("consent", "reason"),
    [
        (Consent.LATER, "no_answer"),
        (Consent.DECLINED, "declined"),
        (Consent.NOBODY, "no_answer"),
        (RuntimeError("ours"), "no_answer"),
    ],
)
async def test_who_does_not_want_to_hear_it_now(backend: Backend, consent: Consent | Exception, reason: str) -> None:
    number = await _answered(backend)
    exchange = Exchange(consent)
    channel = _channel(backend, exchange)
    with pytest.raises(UndeliverableError) as undeliverable:
        await channel.deliver(await _claimed(backend, "completed"))
    await channel.stop()
    assert undeliverable.value.reason == reason
    assert exchange.calls[0].ended
    assert await _outcomes(backend, number) == []


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (NotReached(Unreached.BUSY, 486), "busy"),
        (NotReached(Unreached.NO_ANSWER), "no_answer"),
        (NotReached(Unreached.REFUSED, 603), "no_answer"),
        (NotReached(Unreached.FAILED, 503), "temporary"),
        (ValueError("neither a number nor a SIP address"), "gone"),
    ],
)
async def test_nobody_is_reached(backend: Backend, why: NotReached | ValueError, reason: str) -> None:
    await _answered(backend)
    exchange = Exchange()
    exchange.unreached = why
    channel = _channel(backend, exchange)
    notice = await _claimed(backend, "completed")
    for _ in range(2):  # the number is free again after the first
        with pytest.raises(UndeliverableError) as undeliverable:
            await channel.deliver(notice)
        assert undeliverable.value.reason == reason
    assert exchange.dialled == [NUMBER, NUMBER]


async def test_nobody_is_called_while_they_are_being_called(backend: Backend) -> None:
    await _answered(backend)
    exchange = Exchange()
    exchange.over.clear()
    channel = _channel(backend, exchange)
    notice = await _claimed(backend, "completed")
    await channel.deliver(notice)
    with pytest.raises(UndeliverableError) as undeliverable:
        await channel.deliver(notice)
    assert (undeliverable.value.reason, exchange.dialled) == ("temporary", [NUMBER])
    exchange.over.set()
    await channel.stop()
    await channel.deliver(notice)
    assert exchange.dialled == [NUMBER, NUMBER]
    await channel.stop()


async def test_a_call_goes_on_when_the_service_waits_no_longer_for_its_begin(backend: Backend) -> None:
    """A stop cancelled the future that the talk was to tell its consent by, and the talk broke off at 方便."""
    number = await _answered(backend)
    exchange, suits = Exchange(), asyncio.Event()

    async def follow_up(_call: MediaCall, _notice: NoticeOut, decided: asyncio.Future[Consent]) -> None:
        await suits.wait()
        decided.set_result(Consent.YES)

    channel = PhoneDelivery(follow_up, backend.client, NOTICES, exchange.dial, None, now=backend.clock)
    delivering = asyncio.create_task(channel.deliver(await _claimed(backend, "completed")))
    while not exchange.calls:  # noqa: ASYNC110 - the future to be cancelled is awaited at the next turn
        await asyncio.sleep(0)
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    suits.set()
    await channel.stop()
    assert await _outcomes(backend, number) == [CallOutcome.ANSWERED]


async def test_nobody_is_called_while_they_are_calling(backend: Backend) -> None:
    await _answered(backend)
    exchange, engaged = Exchange(), {NUMBER}
    channel = PhoneDelivery(
        exchange.follow_up, backend.client, NOTICES, exchange.dial, None, engaged=engaged, now=backend.clock
    )
    notice = await _claimed(backend, "completed")
    with pytest.raises(UndeliverableError) as undeliverable:
        await channel.deliver(notice)
    assert (undeliverable.value.reason, exchange.dialled, engaged) == ("temporary", [], {NUMBER})
    engaged.clear()
    await channel.deliver(notice)
    await channel.stop()
    assert (exchange.dialled, engaged) == ([NUMBER], set())
