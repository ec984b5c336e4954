"""Calls that the phone makes: an answer told and rated, a line that is busy, somebody who wants none of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend.contract.acts import ANSWER_AT_ONCE
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.models.notices import ClaimIn
from backend.contract.models.tickets import TicketOut
from backend.contract.models.timeline import EventOut
from backend.contract.words import EventKind, Grade, TicketState
from backend.worker import Worker
from ivr.sip.settings import Trunk
from tests.backend.city import Backend, new_ticket
from tests.ivr.calls.callers import listens, presses, says, talk
from tests.ivr.calls.exchange import served
from tests.ivr.calls.sipp_peer import answering, needs_raw_sockets, needs_sipp
from tests.ivr.calls.tap import PATIENCE
from tests.ivr.sip.phone import free_port
from tests.ivr.softphone import needs_baresip, softphone

pytestmark = pytest.mark.slow

NUMBER = "+8613912345631"
REPLY = "请到三楼窗口办理。"


@needs_sipp
@needs_raw_sockets
async def test_an_answer_is_told_once_the_line_is_free_and_rated_by_key(
    backend: Backend, redis_url: str, tmp_path: Path
) -> None:
    """Two sipps, one after the other, at the place where the trunk is."""
    place = free_port()
    number = (await _filed(backend, f"phone:{NUMBER}")).number
    async with served(backend, redis_url, trunk=Trunk(f"127.0.0.1:{place}")) as exchange:
        async with answering(tmp_path, place, "busy.xml"):
            await _answer(backend, number)
        [busy] = await _calls(backend, number, 1)
        assert busy.data["outcome"] == "busy"
        backend.clock.move(hours=1)
        assert (await backend.client.claim_notices(ClaimIn(channels=["phone"]))).items == []
        async with answering(tmp_path, place, "rates.xml"):
            backend.clock.move(hours=3.5)  # 14:30, when calls are made again
        [_, answered] = await _calls(backend, number, 2)
    assert answered.data["outcome"] == "answered"
    assert REPLY.rstrip("。") in exchange.tap[NUMBER].said
    ticket = await backend.staff("office").view_ticket(number)
    assert ticket.state is TicketState.CLOSED
    assert ticket.rating is not None
    assert (ticket.rating.grade, ticket.rating.solved) == (Grade.SATISFIED, True)


@needs_baresip
async def test_who_has_not_rated_is_called_and_may_decline(backend: Backend, redis_url: str) -> None:
    """Two matters of one person, told by chat: the first is rated by voice, the second they want no call about."""
    async with (
        softphone(NUMBER, answers=True) as person,
        served(backend, redis_url, trunk=Trunk(person.place)) as exchange,
    ):
        told = exchange.tap[NUMBER]
        matters = [await _answered_by_chat(backend, account) for account in ("4711", "4712")]
        await _days_pass(backend)
        await talk(person, told, ("想听听您的评价", says("方便")))
        await told.until("您的工单编号是")
        await talk(
            person,
            told,
            ("办得怎么样", says("基本满意")),
            ("实际解决了吗", says("已经解决")),
            ("还有什么想说的", presses("#")),
            ("再见", listens),
        )
        rated = await _first_called(backend, matters)
        backend.clock.move(minutes=5)  # one person is called about one thing at a time
        await talk(person, told, ("想听听您的评价", says("不需要回访")), ("再见", listens))
        [declined] = set(matters) - {rated}
        await _is_rated(backend, rated)
        await _is_left_to_seats(backend, declined)


async def _filed(backend: Backend, actor: str, **changes: object) -> TicketOut:
    request = new_ticket("other", kind="complaint", **changes)
    receipt = await backend.client.acting_as(actor).file_ticket(request, key=backend.key())
    return await backend.staff("seat-1").view_ticket(receipt.number)


async def _answer(backend: Backend, number: str) -> None:
    seat = backend.staff("seat-1")
    version = (await seat.view_ticket(number)).version
    await seat.do(ANSWER_AT_ONCE, number, AnswerAtOnceIn(version=version, text=REPLY), key=backend.key())


async def _answered_by_chat(backend: Backend, account: str) -> str:
    ticket = await _filed(backend, f"telegram:{account}", contact={"phone": NUMBER})
    await _answer(backend, ticket.number)
    return ticket.number


async def _days_pass(backend: Backend) -> None:
    """Until the worker orders the follow-up: on the morning after three whole days."""
    backend.clock.move(days=4)
    worker = Worker(backend.context, lambda _: None, backend.clock)
    while await worker.step():
        pass


async def _calls(backend: Backend, number: str, count: int) -> list[EventOut]:
    """What became of the calls about a ticket, once there are so many."""
    async with asyncio.timeout(PATIENCE):
        while True:
            events = (await backend.staff("office").list_events(number)).items
            found = [event for event in events if event.kind is EventKind.CALLED]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.1)


async def _first_called(backend: Backend, numbers: list[str]) -> str:
    """The one of the tickets about which a call is over."""
    calls = [asyncio.create_task(_calls(backend, number, 1)) for number in numbers]
    done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return next(number for number, task in zip(numbers, calls, strict=True) if task in done)


async def _is_rated(backend: Backend, number: str) -> None:
    [call] = await _calls(backend, number, 1)
    assert call.data["outcome"] == "answered"
    ticket = await backend.staff("office").view_ticket(number)
    assert ticket.state is TicketState.CLOSED
    assert ticket.rating is not None
    assert (ticket.rating.grade, ticket.rating.solved) == (Grade.BASICALLY, True)


async def _is_left_to_seats(backend: Backend, number: str) -> None:
    [call] = await _calls(backend, number, 1)
    assert call.data["outcome"] == "declined"
    assert (await backend.staff("office").view_ticket(number)).state is TicketState.COMPLETED
    page = await backend.client.claim_notices(ClaimIn(channels=["web-staff"], limit=100))
    follow_ups = [one for one in page.items if one.template == "follow_up"]
    assert {(one.ticket, one.args["outcome"]) for one in follow_ups} == {(number, "declined")}
