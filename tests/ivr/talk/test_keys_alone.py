"""Who cannot speak, or is not heard, reaches the end by keys alone; kinds are asked once; noise makes no ticket."""

import pytest

from backend.contract.words import Kind
from tests.ivr.talk.callers import ReactingCall, cue, hangs_up, hums, presses, says
from tests.ivr.talk.conftest import Exchange
from tests.ivr.talk.test_hotline import WHOLE


@pytest.fixture
def keys(exchange: Exchange) -> Exchange:
    """Without a speech model."""
    return exchange.with_hotline(ear=None)


async def test_questions_that_only_speech_can_answer_are_left_to_the_seat(keys: Exchange) -> None:
    """Who is not heard at all may press # at once."""
    call = ReactingCall(
        *WHOLE[:7],
        cue("请按井号，由工作人员跟您核对", presses("#")),
        *WHOLE[8:-1],
        cue("请说说从几点到几点", presses("#")),
        cue("这样登记可以吗", presses("1")),
        cue("还要办别的事吗", presses("#")),
    )
    await keys.takes(call)
    ticket = await keys.ticket(call)
    assert ticket.scenario == "noise-next-door"
    assert not ticket.callback
    assert ticket.attachments == []


async def test_a_kind_that_the_matter_does_not_have_becomes_the_nearest_and_is_asked_once(exchange: Exchange) -> None:
    """A power cut is a request for help."""
    call = ReactingCall(
        cue("请直接说您要办什么", presses("13")),
        cue("请用一两句话说说是什么事", says("story00")),
        cue("您要说的是", says("对")),
        cue("这类事按这一种来办：求助"),
        cue("反复停电跳闸"),  # told already: 最近经常停电
        cue("事情发生在哪个区县", hangs_up()),
    )
    await exchange.takes(call)
    assert "属于哪一种情况" not in call.said
    ticket = await exchange.ticket(call)
    assert (ticket.scenario, ticket.kind) == ("power-cut", Kind.HELP)


async def test_who_presses_a_key_instead_of_telling_gets_a_list_and_keeps_their_kind(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", presses("13")),
        cue("请用一两句话说说是什么事", presses("1")),
        cue("您要说的是下面哪一件", hangs_up(after=60)),
    )
    await exchange.takes(call)
    assert "这个键没有选项" not in call.said
    ticket = await exchange.ticket(call)
    assert ticket.kind == Kind.COMPLAINT
    assert "人工" not in ticket.title
    assert "没有说清" in ticket.story


@pytest.mark.parametrize("words", ["喂，喂", "hum"])
async def test_who_is_cut_off_after_noise_or_a_greeting_leaves_nothing(exchange: Exchange, words: str) -> None:
    said = hums() if words == "hum" else says(words)
    call = ReactingCall(cue("请直接说您要办什么", presses("1")), cue("请用一两句话", said, hangs_up()))
    await exchange.hotline(call)
    assert await exchange.tickets(call) == []


async def test_who_is_cut_off_after_telling_a_matter_is_called_back(exchange: Exchange) -> None:
    call = ReactingCall(cue("请直接说您要办什么", says("story01")), cue("您要说的是", hangs_up()))
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert ticket.callback
    assert ticket.story
