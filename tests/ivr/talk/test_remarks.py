"""What is said and is no answer: an emergency, a wish for a person, not knowing, and words that no phrase fits."""

import pytest

from ivr.call import TransferOutcome
from tests.ivr import recordings
from tests.ivr.talk.callers import ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange, Office
from tests.ivr.talk.test_followup import calls

OFFERED = "您是说"
NO = presses("2")


async def test_an_emergency_counts_wherever_it_is_said(exchange: Exchange) -> None:
    """At the menu, at yes or no, among choices, where a number is asked for, and after something was done."""
    call = ReactingCall(
        cue("请直接说您要办什么", says("救命啊")),
        cue("公安报警", NO),
        cue("请直接说您要办什么", presses("3")),
        cue("请报工单编号", says("着火了")),
        cue("消防救援", NO),
        cue("请报工单编号", presses("9")),
        cue("还要办别的事吗", says("救命啊")),
        cue("公安报警", NO),
        cue("还要办别的事吗", presses("1")),
        cue("请用一两句话", says("story01")),
        cue("您要说的是", says("店里好大煤气味")),
        cue("燃气抢修"),  # a utility's hotline is a hint: nothing is asked
        cue("您要说的是", presses("1")),
        cue("属于哪一种情况", says("着火了")),
        cue("消防救援", NO),
        cue("属于哪一种情况", hangs_up()),
    )
    await exchange.takes(call)
    assert "没有听到您的声音" not in call.said


async def test_an_emergency_counts_on_the_rung_of_keys_too(exchange: Exchange) -> None:
    """Whoever cries for help while a connection is offered wants it."""
    call = ReactingCall(
        cue("请按键选择", says("救命啊")), cue(OFFERED, says("救命啊")), transfer=TransferOutcome.ACCEPTED
    )
    await exchange.takes(call)
    assert call.transfers == ["110"]


async def test_an_emergency_counts_in_a_call_that_we_make(exchange: Exchange, office: Office) -> None:
    caller = "+8613590000001"
    notice = await office.notice("completed", await office.answered(caller))
    call = ReactingCall(
        cue("现在方便听吗", says("救命啊")),
        cue(OFFERED, presses("1")),
        caller=caller,
        transfer=TransferOutcome.ACCEPTED,
    )
    await calls(exchange, call, notice)
    assert call.transfers == ["110"]


@pytest.mark.parametrize("voice", recordings.VOICES)
async def test_who_does_not_know_says_neither_yes_nor_no(exchange: Exchange, voice: str) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", presses("1")),
        cue("请用一两句话", says("story01")),
        cue("您要说的是", says("不知道", voice)),
        cue("说不准也没关系", says("对")),
        cue("属于哪一种情况", hangs_up()),
    )
    await exchange.takes(call)
    assert "没听清" not in call.said


async def test_who_does_not_know_twice_gets_a_person(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", presses("1")),
        cue("请用一两句话", says("story01")),
        cue("您要说的是", presses("1")),
        cue("属于哪一种情况", says("我也不知道")),
        cue("说不准也没关系", says("不知道")),
        cue("说不准也没关系", hangs_up(after=12)),
    )
    await exchange.takes(call)
    assert "没有人工可以接听" in call.said


@pytest.mark.parametrize("words", ["找个人跟我讲", "有没有人啊"])
async def test_a_person_is_asked_for_in_everybodys_words(exchange: Exchange, words: str) -> None:
    call = await exchange.takes(ReactingCall(cue("请直接说您要办什么", says(words))))
    assert "没听清" not in call.said
    assert "没有听到您的声音" not in call.said
    assert (await exchange.ticket(call)).callback


async def test_whoever_spoke_is_not_told_that_nothing_was_heard(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", says("搞不掂")),
        cue("没听清"),
        cue("您可以说", presses("1")),
        cue("请用一两句话", hangs_up()),
    )
    await exchange.takes(call)
    assert "没有听到您的声音" not in call.said


async def test_a_greeting_is_no_failed_answer(exchange: Exchange) -> None:
    """At a menu, and where the caller tells in their own words."""
    call = ReactingCall(
        cue("请直接说您要办什么", says("喂，喂")),
        cue("听得到，请讲", says("企业服务")),
        cue("请用一两句话", says("喂，喂")),
        cue("听得到，请讲", says("story01")),
        cue("您要说的是", hangs_up()),
    )
    await exchange.takes(call)
    assert "没听清" not in call.said
    assert "没有听到您的声音" not in call.said


async def test_a_cry_never_takes_the_place_of_a_number_that_is_known(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", says("着火了")),
        cue("消防救援", says("救命啊")),
        cue("马上拨打：幺幺九"),
        cue("请直接说您要办什么", says("救命啊")),
        cue("幺幺九，消防救援", hangs_up()),
        transfer=TransferOutcome.REFUSED,
    )
    await exchange.takes(call)
    assert call.transfers == ["119"]
    assert "公安报警" not in call.said


async def test_what_a_cry_is_for_is_told_first(exchange: Exchange) -> None:
    call = ReactingCall(cue("请直接说您要办什么", says("救命啊")[:-1], says("着火了")), cue("消防救援", hangs_up()))
    await exchange.takes(call)
    assert "公安报警" not in call.said
