"""Processes of the phone killed in the middle of calls: others go on, and nothing that was said is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from backend.contract.words import TicketState
from tests.backend.city import SERVICE_TOKEN, Backend
from tests.failures.parts import Part, bare_environment
from tests.ivr.calls.callers import at_once, presses, says, talk
from tests.ivr.calls.exchange import Exchange, digits, served
from tests.ivr.calls.hearing import hears
from tests.ivr.calls.softphone import needs_baresip
from tests.ivr.calls.speech import sound
from tests.ivr.sip.phone import Phone, free_port

STORY = "隔壁工地夜里施工噪音很大，员工休息不好。"
PLACE = "建设路十八号，菜市场对面"

pytestmark = pytest.mark.failure


@needs_baresip
@pytest.mark.parametrize("on_hangup", ["ticket", "draft"])
async def test_a_worker_killed_in_the_middle_of_calls(backend: Backend, redis_url: str, on_hangup: str) -> None:
    cut_off, others = ["13912345641", "13912345642"], ["13912345643", "13912345644"]
    async with served(backend, redis_url, workers=2, on_hangup=on_hangup) as exchange:
        assert exchange.phone.sip is not None
        killed = exchange.phone.sip.pids[0]
        meeting = asyncio.Barrier(5)
        async with asyncio.TaskGroup() as group:
            for number in cut_off:
                group.create_task(_is_cut_off(exchange, number, meeting))
            for number in others:
                group.create_task(_goes_on(exchange, number, meeting))
            await meeting.wait()
            os.kill(killed, signal.SIGKILL)
            await meeting.wait()
        for number in cut_off:
            await (_is_filed if on_hangup == "ticket" else _is_kept)(exchange, number)
        await _takes_calls(exchange.port)
        if on_hangup == "draft":
            await at_once(*(_is_asked_whether_to_go_on(exchange, number) for number in cut_off))
        else:
            async with exchange.caller("13912345645") as (_, told):
                await told.until("您要办什么")


async def _begins(exchange: Exchange, caller: Phone, number: str) -> None:
    await talk(
        caller,
        exchange.tap[f"+86{number}"],
        ("您要办什么", presses("1")),
        ("请用一两句话", says(STORY)),
        ("您要说的是", presses("1")),
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
    assert {one["field"]: one["value"] for one in ticket.answers}["source"] == "site"


async def _is_filed(exchange: Exchange, number: str) -> None:
    """As an incomplete ticket, for a seat to call back."""
    ticket = await exchange.filed_by(number)
    assert (ticket.scenario, ticket.state) == ("noise-next-door", TicketState.SUBMITTED)
    assert ticket.callback
    assert {one["field"]: one["value"] for one in ticket.answers}["nuisance"] == "noise"


async def _is_kept(exchange: Exchange, number: str) -> None:
    """As a draft of the caller's."""
    async with asyncio.timeout(30):
        while "nuisance" not in await _drafted(exchange.backend, number):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    own = await exchange.backend.client.list_tickets(actor=f"phone:+86{number}")
    assert not own.items


async def _is_asked_whether_to_go_on(exchange: Exchange, number: str) -> None:
    async with exchange.caller(number) as (caller, told):
        await talk(caller, told, ("您要办什么", presses("1")), ("没有说完", presses("1")))
        await told.until("从哪里来的")
        await caller.hang_up()


async def test_the_whole_phone_killed_in_the_middle_of_a_form(backend: Backend, redis_url: str, tmp_path: Path) -> None:
    """`jiesu ivr` in a process of its own, by keys; the caller calls again, and goes on where the line broke."""
    port, number = free_port(), "13912345646"
    part = Part("ivr", _environment(backend, redis_url, port, tmp_path), tmp_path)
    await part.start()
    try:
        await _takes_calls(port)
        await _answers_until_the_address(backend, port, number)
        part.kill()
        await _is_down(port)
        await _takes_calls(port)
        await _finishes(port, number)
    finally:
        await part.stop()
    own = await backend.client.list_tickets(actor=f"phone:+86{number}")
    assert [one.scenario for one in own.items] == ["noise-next-door"]
    ticket = await backend.staff("office").view_ticket(own.items[0].number)
    answers = {one["field"]: one["value"] for one in ticket.answers}
    expected = {"nuisance": "noise", "source": "site", "hours": "night", "permit": False, "effect": ["rest"]}
    assert {name: answers[name] for name in expected} == expected
    assert ticket.district == "dongmen"
    assert not ticket.callback


async def _answers_until_the_address(backend: Backend, port: int, number: str) -> None:
    """All keys at once: who knows the questions need not wait for them."""
    caller = await Phone.dial(port, number)
    try:
        await hears(caller, "请按键选择您要办的事。")
        await caller.press("13411#11")
        await hears(caller, "对方的具体位置在哪里？")
        async with asyncio.timeout(30):
            while "district" not in await _drafted(backend, number):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    finally:
        await caller.close()


async def _finishes(port: int, number: str) -> None:
    caller = await Phone.dial(port, number)
    try:
        await hears(caller, "请按键选择您要办的事。")
        await caller.press("1")
        await hears(caller, "您上次打来，还有一件事没有说完。")
        await caller.press("1")
        for question, said, keys in (
            ("对方的具体位置在哪里？", PLACE, "2#2221#"),
            ("请说说从几点到几点，跟对方谈过没有，希望怎么解决？", STORY, ""),
        ):
            await hears(caller, question)
            await caller.say(sound(said))
            await caller.press("#" + keys)
        await hears(caller, "这样登记可以吗？")
        await caller.press("1")
        await hears(caller, "提交成功。您的工单编号是")
        await caller.hang_up()
    finally:
        await caller.close()


def _environment(backend: Backend, redis_url: str, port: int, folder: Path) -> dict[str, str]:
    (folder / "models").mkdir()
    return bare_environment(
        DATABASE_URL=backend.deps.database_url,
        REDIS_URL=redis_url,
        DATA_DIR=str(folder / "data"),
        MODELS_DIR=str(folder / "models"),
        BACKEND_URL=backend.url,
        CHANNEL_TOKEN=SERVICE_TOKEN,
        SECRET_KEY="a secret of the failure tests",
        SIP_LISTEN=f"127.0.0.1:{port}",
        SIP_RTP_PORTS="30000-30999",
        CALL_BUTTON="false",
        IVR_LISTEN=f"127.0.0.1:{free_port()}",
        LOG_LEVEL="INFO",
    )


async def _drafted(backend: Backend, number: str) -> str:
    """All that drafts of theirs hold, as text."""
    page = await backend.client.list_drafts(actor=f"phone:+86{number}")
    return " ".join(str(draft.form) for draft in page.items)


async def _takes_calls(port: int, patience: float = 60.0) -> None:
    async with asyncio.timeout(patience):
        while not _taken(port):  # noqa: ASYNC110 - another process binds it
            await asyncio.sleep(0.1)


async def _is_down(port: int) -> None:
    async with asyncio.timeout(30):
        while _taken(port):  # noqa: ASYNC110 - another process lets it go
            await asyncio.sleep(0.05)


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
