"""A SIP worker killed in the middle of calls: the others' go on, and nothing that was said is lost."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from backend.contract.words import TicketState
from tests.backend.city import Backend
from tests.ivr.calls.callers import at_once, presses, talk
from tests.ivr.calls.exchange import Exchange, digits, served
from tests.ivr.calls.tap import PATIENCE
from tests.ivr.calls.waiting import drafted, is_down, takes_calls
from tests.ivr.sip.phone import Phone
from tests.ivr.softphone import needs_baresip

pytestmark = [pytest.mark.failure, pytest.mark.slow]


@needs_baresip
async def test_a_worker_killed_in_the_middle_of_calls(backend: Backend, redis_url: str) -> None:
    """Two phones of two workers each, one for each setting of what becomes of a form left by hanging up."""
    async with (
        served(backend, redis_url, workers=2, on_hangup="ticket") as filing,
        served(backend, redis_url, workers=2, on_hangup="draft") as keeping,
    ):
        await at_once(_loses_a_worker(filing, "1391234564"), _loses_a_worker(keeping, "1391234565"))
        for last in (1, 2):
            await _is_filed(filing, f"1391234564{last}")
            await _is_kept(keeping, f"1391234565{last}")
        await at_once(*(_is_asked_whether_to_go_on(keeping, f"1391234565{last}") for last in (1, 2)))
        async with filing.caller("13912345645") as (_, told):
            await told.until("您要办什么")


async def _loses_a_worker(exchange: Exchange, numbers: str) -> None:
    """Two calls on each worker; one worker dies, and takes calls again soon. `numbers`: all but the last digit."""
    assert exchange.phone.sip is not None
    killed = exchange.phone.sip.pids[0]
    meeting = asyncio.Barrier(5)
    async with asyncio.TaskGroup() as group:
        for last in (1, 2):
            group.create_task(_is_cut_off(exchange, f"{numbers}{last}", meeting))
        for last in (3, 4):
            group.create_task(_goes_on(exchange, f"{numbers}{last}", meeting))
        await meeting.wait()
        os.kill(killed, signal.SIGKILL)
        await is_down(exchange.port)
        await meeting.wait()
    await takes_calls(exchange.port)


async def _begins(exchange: Exchange, caller: Phone, number: str) -> None:
    await talk(
        caller,
        exchange.tap[f"+86{number}"],
        ("您要办什么", presses("1")),
        ("诉求的类型", presses("3")),
        ("下面哪一件", presses("4")),
        ("主要是什么影响您", presses("1")),
    )
    await exchange.tap[f"+86{number}"].until("从哪里来的")


async def _is_cut_off(exchange: Exchange, number: str, meeting: asyncio.Barrier) -> None:
    async with exchange.packets(number) as (caller, _):
        await _begins(exchange, caller, number)
        await meeting.wait()
        await meeting.wait()


async def _goes_on(exchange: Exchange, number: str, meeting: asyncio.Barrier) -> None:
    async with exchange.packets(number, worker=1) as (caller, told):
        await _begins(exchange, caller, number)
        await meeting.wait()
        await meeting.wait()
        await talk(caller, told, ("", presses("1")), ("对方叫什么名字", presses("0")))
        said = await told.until("您的工单编号是")
        await caller.hang_up()
    ticket = await exchange.ticket_of(number)
    assert ticket.number in digits(said)
    assert {one.field: one.value for one in ticket.answers}["source"] == "site"


async def _is_filed(exchange: Exchange, number: str) -> None:
    """As an incomplete ticket, for a seat to call back."""
    ticket = await exchange.filed_by(number)
    assert (ticket.scenario, ticket.state) == ("noise-next-door", TicketState.SUBMITTED)
    assert ticket.callback
    assert {one.field: one.value for one in ticket.answers}["nuisance"] == "noise"


async def _is_kept(exchange: Exchange, number: str) -> None:
    """As a draft of the caller's."""
    async with asyncio.timeout(PATIENCE):
        while "nuisance" not in await drafted(exchange.backend, number):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    own = await exchange.backend.client.acting_as(f"phone:+86{number}").list_tickets()
    assert not own.items


async def _is_asked_whether_to_go_on(exchange: Exchange, number: str) -> None:
    async with exchange.caller(number) as (caller, told):
        await talk(caller, told, ("您要办什么", presses("1")), ("没有说完", presses("1")))
        await told.until("从哪里来的")
        await caller.hang_up()
