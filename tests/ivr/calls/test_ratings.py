"""What comes after the answer: rated by voice and by key, asked about with a wrong number and a wrong code."""

from __future__ import annotations

import pytest

from backend.contract.acts import ANSWER_AT_ONCE
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Grade, TicketState
from tests.backend.city import Backend, new_ticket
from tests.ivr.calls.callers import at_once, presses, says, talk
from tests.ivr.calls.exchange import Exchange, served
from tests.ivr.softphone import needs_baresip

pytestmark = pytest.mark.slow


@needs_baresip
async def test_the_answer_is_rated_by_voice_and_by_key(backend: Backend, redis_url: str) -> None:
    voice, keys, again = "13912345611", "13912345612", "13912345613"
    for number in (voice, keys, again):
        await _answered(backend, number)
    async with served(backend, redis_url) as exchange:
        await at_once(
            _rates_by_voice(exchange, voice), _rates_by_key(exchange, keys), _is_dissatisfied(exchange, again)
        )
        assert exchange.keys_of(voice) == ""
        for number, grade, solved in ((voice, Grade.SATISFIED, True), (keys, Grade.BASICALLY, False)):
            ticket = await exchange.ticket_of(number)
            assert ticket.state is TicketState.CLOSED
            assert ticket.rating is not None
            assert (ticket.rating.grade, ticket.rating.solved) == (grade, solved)
        ticket = await exchange.ticket_of(again)
        assert ticket.state is not TicketState.CLOSED
        assert ticket.state is not TicketState.COMPLETED


@needs_baresip
async def test_wrong_keys_numbers_and_codes_get_another_try(backend: Backend, redis_url: str) -> None:
    owner = "13912345614"
    ticket = await _answered(backend, owner)
    wrong = str((int(ticket.number[-1]) + 1) % 10)
    async with (
        served(backend, redis_url) as exchange,
        exchange.caller("13912345615") as (stranger, told),
    ):
        await talk(
            stranger,
            told,
            ("您要办什么", presses("7")),
            ("这个键没有", presses("3")),
            ("工单编号", presses("123#")),
            ("位数不对", presses(f"{ticket.number}#")),
            ("查询码", presses("12#")),
            ("六位", presses("000000#")),
            ("对不上", presses("#")),
        )
        assert wrong not in told.heard
        await stranger.hang_up()
    assert "现在的状态是" not in told.said


async def _answered(backend: Backend, number: str) -> TicketOut:
    """A matter that somebody told by phone, and a seat has answered."""
    receipt = await backend.client.acting_as(f"phone:+86{number}").file_ticket(
        new_ticket("other", kind="complaint"), key=backend.key()
    )
    seat = backend.staff("seat-1")
    ticket = await seat.view_ticket(receipt.number)
    request = AnswerAtOnceIn(version=ticket.version, text="请到三楼窗口办理。")
    return await seat.do(ANSWER_AT_ONCE, receipt.number, request, key=backend.key())


async def _rates_by_voice(exchange: Exchange, number: str) -> None:
    async with exchange.caller(number) as (caller, told):
        await talk(
            caller,
            told,
            ("您要办什么", says("评价")),
            ("要评价的是", says("是的")),
            ("办得怎么样", says("满意")),
            ("实际解决了吗", says("已经解决")),
            ("还有什么想说的", says("跳过")),
        )
        await told.until("谢谢您的评价")
        await caller.hang_up()


async def _rates_by_key(exchange: Exchange, number: str) -> None:
    async with exchange.caller(number) as (caller, told):
        await talk(
            caller,
            told,
            ("您要办什么", presses("4")),
            ("要评价的是", presses("1")),
            ("办得怎么样", presses("2")),
            ("实际解决了吗", presses("2")),
            ("还有什么想说的", presses("#")),
        )
        await told.until("谢谢您的评价")
        await caller.hang_up()


async def _is_dissatisfied(exchange: Exchange, number: str) -> None:
    async with exchange.caller(number) as (caller, told):
        await talk(
            caller,
            told,
            ("您要办什么", says("评价")),
            ("要评价的是", says("是的", "zm_yunxi")),
            ("办得怎么样", says("不满意")),
            ("实际解决了吗", says("没有解决")),
            ("哪里不满意", says("社保缓缴的申请被退回，说材料不全，但是没有说明缺什么。")),
        )
        await told.until("您的意见收到了")
        await caller.hang_up()
