"""Who tells more about a matter by phone while a department waits for an answer is asked whether that is it."""

from __future__ import annotations

import pytest

from backend.contract.acts import ASK, SIGN
from backend.contract.acts.ask import AskIn
from backend.contract.acts.sign import SignIn
from tests.backend.city import Backend, new_ticket
from tests.ivr.calls.callers import Act, at_once, presses, says, talk
from tests.ivr.calls.exchange import Exchange, served
from tests.ivr.softphone import needs_baresip

pytestmark = pytest.mark.slow


@needs_baresip
async def test_what_is_added_by_phone_answers_the_open_question_if_the_caller_says_so(
    backend: Backend, redis_url: str
) -> None:
    by_voice, by_key, no = "13912345621", "13912345622", "13912345623"
    numbers = {who: await _asked(backend, who) for who in (by_voice, by_key, no)}
    async with served(backend, redis_url) as exchange:
        await at_once(
            _adds(exchange, by_voice, numbers[by_voice], says("是的"), "您的回答已经转给"),
            _adds(exchange, by_key, numbers[by_key], presses("1"), "您的回答已经转给"),
            _adds(exchange, no, numbers[no], says("只是补充"), "补充好了"),
        )
        for who in (by_voice, by_key, no):
            ticket = await exchange.ticket_of(who)
            [question] = ticket.questions
            assert (bool(question.answer), len(ticket.additions)) == (who != no, int(who == no))
            assert [one.kind for one in ticket.attachments] == ["voice"]


async def _asked(backend: Backend, who: str) -> str:
    """A matter told by phone, about which its department asks something; its number."""
    receipt = await backend.client.acting_as(f"phone:+86{who}").file_ticket(new_ticket(), key=backend.key())
    power = backend.staff("power-1")
    part = (seen := await power.view_ticket(receipt.number)).assignments[0].id
    signed = await power.do(SIGN, part, SignIn(version=seen.version), key=backend.key())
    await power.do(ASK, part, AskIn(version=signed.version, text="几点停的电"), key=backend.key())
    return receipt.number


async def _adds(exchange: Exchange, who: str, number: str, decides: Act, ends: str) -> None:
    async with exchange.caller(who) as (caller, told):
        await talk(
            caller,
            told,
            ("您要办什么", says("查询进度")),
            ("您的工单有这些", presses("1")),
            ("补充情况", presses("2")),
            ("请直接说要补充的情况", says("我们公司在工业园区，最近经常停电，影响生产，希望供电部门尽快处理。")),
            ("没有了就说完成", presses("#")),
            ("这个问题的回答吗", decides),
        )
        await told.until(ends)
        await caller.hang_up()
