"""The whole phone killed in the middle of a form, and started again: the caller goes on where the line broke."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.backend.city import SERVICE_TOKEN, Backend
from tests.failures.parts import Part, bare_environment
from tests.ivr.calls.hearing import hears
from tests.ivr.calls.speech import sound
from tests.ivr.calls.tap import PATIENCE
from tests.ivr.calls.waiting import drafted, is_down, takes_calls
from tests.ivr.sip.phone import Phone, free_port

STORY = "隔壁工地夜里施工噪音很大，员工休息不好。"
PLACE = "建设路十八号，菜市场对面"

pytestmark = [pytest.mark.failure, pytest.mark.slow]


async def test_the_whole_phone_killed_in_the_middle_of_a_form(backend: Backend, redis_url: str, tmp_path: Path) -> None:
    """`jiesu ivr` in a process of its own, by keys; the caller calls again, and goes on where the line broke."""
    port, number = free_port(), "13912345646"
    part = Part("ivr", _environment(backend, redis_url, port, tmp_path), tmp_path)
    await part.start()
    try:
        await takes_calls(port)
        await _answers_until_the_address(backend, port, number)
        part.kill()
        await is_down(port)
        await takes_calls(port)
        await _finishes(port, number)
    finally:
        await part.stop()
    own = await backend.client.acting_as(f"phone:+86{number}").list_tickets()
    assert [one.scenario for one in own.items] == ["noise-next-door"]
    ticket = await backend.staff("office").view_ticket(own.items[0].number)
    answers = {one.field: one.value for one in ticket.answers}
    expected = {"nuisance": "noise", "source": "site", "hours": "night", "permit": False, "effect": ["rest"]}
    assert {name: answers[name] for name in expected} == expected
    assert ticket.district == "dongmen"
    assert not ticket.callback


async def _answers_until_the_address(backend: Backend, port: int, number: str) -> None:
    """All keys at once: who knows the questions need not wait for them."""
    caller = await Phone.dial(port, number)
    try:
        await caller.press("13411#11")
        await hears(caller, "对方的具体位置在哪里？")
        async with asyncio.timeout(PATIENCE):
            while "district" not in await drafted(backend, number):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    finally:
        await caller.close()


async def _finishes(port: int, number: str) -> None:
    caller = await Phone.dial(port, number)
    try:
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
        await hears(caller, "我念一遍。")
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
