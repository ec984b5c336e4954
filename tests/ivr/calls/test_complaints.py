"""A complaint from the first ring to the ticket: by voice only, by keys only, and mixed; then asked for by its code."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Mapping

import pytest

from backend.contract.acts import LOOK
from backend.contract.acts.look import LookIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, Kind, TicketState
from ivr.audio import loudness
from ivr.call import SAMPLE_RATE
from tests.backend.city import Backend
from tests.ivr.calls.callers import Act, at_once, converse, presses, says, says_and_presses, talk
from tests.ivr.calls.exchange import Exchange, alike, digits, served
from tests.ivr.calls.gateway import Gateway, gateway
from tests.ivr.softphone import needs_baresip

pytestmark = pytest.mark.slow

STORY = "隔壁工地夜里施工噪音很大，员工休息不好。"
PLACE = "建设路十八号，菜市场对面"
FILED = "您的工单编号是"

BY_VOICE: Mapping[str, Act] = {
    "您要办": says("企业服务"),
    "请用一两句话": says(STORY),
    "您要说的是": says("对", "zm_yunxi"),
    "对方叫什么名字": says("跳过"),
    "在哪个区县": says("城东区"),
    "哪个镇": says("东门街道"),
    "具体位置": says(PLACE),
    "从哪天开始": says("昨天"),
    "没有贴出": says("不是"),
    "多大": says("不是", "zm_yunxi"),
    "念一遍": says("确认"),
}
BY_KEYS: Mapping[str, Act] = {
    "您要办": presses("1"),
    "诉求的类型": presses("3"),
    "下面哪一件": presses("4"),
    "主要是什么影响您": presses("1"),
    "从哪里来的": presses("1"),
    "对方叫什么名字": presses("#"),
    "在哪个区县": presses("1"),
    "哪个镇": presses("1"),
    "具体位置": says_and_presses(PLACE, "#"),
    "从哪天开始": presses("2#"),
    "什么时段": presses("2"),
    "没有贴出": presses("2"),
    "多大": presses("2"),
    "有什么影响": presses("1"),
    "还有吗": presses("#"),
    "几点到几点": says_and_presses(STORY, "#"),
    "念一遍": presses("1"),
}
MIXED: Mapping[str, Act] = {
    name: BY_KEYS[name] if number % 2 and name in BY_KEYS else act
    for number, (name, act) in enumerate(BY_VOICE.items())
    if name != "哪个镇"
} | {"在哪个区县": says("城东区东门街道")}
"""The township in one breath with its county."""


@needs_baresip
async def test_by_voice_by_keys_and_mixed(backend: Backend, redis_url: str) -> None:
    """The one by keys calls a phone without a speech model, as where none could be fetched."""
    async with (
        gateway() as sms,
        served(backend, redis_url, sms=sms.settings) as exchange,
        served(backend, redis_url, sms=sms.settings, model=None) as deaf,
    ):
        await at_once(
            _complains(exchange, "13912345601", BY_VOICE, 1),
            _complains(exchange, "13912345602", MIXED, 1),
            _complains(deaf, "13912345603", BY_KEYS, 0),
        )
        for number in ("13912345601", "13912345602"):
            ticket = await _checked(exchange, number)
            assert alike(ticket.story, STORY) > 0.8
            assert any(one.transcript and alike(one.transcript, STORY) > 0.8 for one in ticket.attachments)
        await _checked(exchange, "13912345603")
        assert exchange.keys_of("13912345601") == ""
        await _asks_how_it_stands(exchange, sms, "13912345601")


async def _complains(exchange: Exchange, number: str, answers: Mapping[str, Act], misheard: int) -> None:
    async with exchange.caller(number) as (caller, told):
        said = await converse(caller, told, answers, until=FILED, misheard=misheard)
        ticket = await exchange.ticket_of(number)
        assert digits(said).count(ticket.number) == 2, said
        await told.until("还要办别的事吗")
        await caller.hang_up()


async def _checked(exchange: Exchange, number: str) -> TicketOut:
    ticket = await exchange.ticket_of(number)
    assert (ticket.scenario, ticket.kind, ticket.state) == (
        "noise-next-door",
        Kind.COMPLAINT,
        TicketState.SUBMITTED,
    )
    answers = {one.field: one.value for one in ticket.answers}
    expected = {"nuisance": "noise", "source": "site", "hours": "night", "permit": False, "effect": ["rest"]}
    assert {name: answers[name] for name in expected} == expected
    assert "source_name" not in answers
    assert ticket.district == "dongmen"
    assert not ticket.callback
    office = exchange.backend.staff("office")
    first = (await office.list_events(ticket.number)).items[0]
    assert (first.kind, first.channel) == (EventKind.SUBMITTED, "phone")
    person = await exchange.backend.staff("seat-1").do(
        LOOK, ticket.number, LookIn(reason="回电"), key=exchange.backend.key()
    )
    assert person.phone == f"+86{number}"
    await _can_be_played(exchange, ticket)
    return ticket


async def _can_be_played(exchange: Exchange, ticket: TicketOut) -> None:
    recordings = [one for one in ticket.attachments if one.media_type == "audio/wav"]
    assert recordings
    for one in recordings:
        async with exchange.backend.staff("seat-1").download(one.id) as download:
            content = b"".join([chunk async for chunk in download.chunks])
        with wave.open(io.BytesIO(content)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
            pcm = file.readframes(file.getnframes())
        assert len(pcm) > 2 * SAMPLE_RATE * 2
        assert loudness(pcm) > -40


async def _asks_how_it_stands(exchange: Exchange, sms: Gateway, owner: str) -> None:
    """Somebody else, from another telephone, who holds number and code; the code only the notice tells."""
    ticket = await exchange.ticket_of(owner)
    notice = await sms.message(f"+86{owner}")
    code = re.findall(r"\D(\d{8})\D", notice)
    assert len(code) == 1
    async with exchange.packets("13912345699") as (caller, told):
        await talk(
            caller,
            told,
            ("您要办什么", presses("3")),
            ("工单编号", presses(f"{ticket.number}#")),
            ("查询码", presses(f"{code[0]}#")),
        )
        shown = await told.until("现在的状态是")
        assert ticket.number in digits(shown)
        await caller.hang_up()
    assert [body["to"] for body in sms.taken].count(f"+86{owner}") == 1
