"""At a menu the caller may say in their own words what they want: a matter, an entry of the menu, or something else."""

from tests.ivr.talk.callers import ReactingCall, cue, hangs_up, hums, presses, says
from tests.ivr.talk.conftest import Exchange

MAIN = "请直接说您要办什么"


async def test_a_matter_told_at_the_main_menu_is_found_and_confirmed(exchange: Exchange) -> None:
    call = ReactingCall(
        cue(MAIN, says("story01")), cue("您要说的是", says("对")), cue("您这次属于哪一种情况", hangs_up())
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert ticket.scenario == "licence-delay"
    assert ticket.callback
    assert [one.kind for one in ticket.attachments] == ["voice"]


async def test_a_hint_does_not_take_the_place_of_the_matter(exchange: Exchange) -> None:
    """It is said, and the matter goes on; who hangs up then is called back, by somebody who knows that it is unsure."""
    call = ReactingCall(cue(MAIN, says("story00")), cue("供电服务热线"), cue("您要说的是：停电", hangs_up()))
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert "停电" in ticket.story
    assert ticket.callback
    assert "没有跟来电人核对" in next(one.shown["zh"] for one in ticket.answers if one.field == "unconfirmed")


async def test_citizens_are_told_where_to_go_and_nothing_is_filed(exchange: Exchange) -> None:
    call = ReactingCall(cue(MAIN, presses("2")), cue("个人和家里的事，请打"), cue("还要办别的事吗", hangs_up()))
    await exchange.takes(call)
    assert await exchange.tickets(call) == []


async def test_a_kind_may_be_said_at_the_main_menu_and_is_not_asked_again(exchange: Exchange) -> None:
    call = ReactingCall(
        cue(MAIN, says("我要投诉")),
        cue("请用一两句话说说是什么事", says("story01")),
        cue("您要说的是", says("对")),
        cue("材料是怎么交的", hangs_up()),
    )
    await exchange.takes(call)
    assert (await exchange.ticket(call)).kind == "complaint"


async def test_nothing_is_taken_from_words_at_the_menu_without_a_yes(exchange: Exchange) -> None:
    call = ReactingCall(
        cue(MAIN, says("办事窗口态度很好，谢谢你们")),
        cue("都不是", presses("3")),
        cue("您要说的是：其他", presses("2")),
        cue("您可以说", hangs_up(after=1)),
    )
    await exchange.takes(call)
    assert await exchange.tickets(call) == []


async def test_an_entry_of_the_menu_is_found_in_own_words(exchange: Exchange) -> None:
    call = ReactingCall(cue(MAIN, says("查一下进度")), cue("请报工单编号", hangs_up()))
    await exchange.takes(call)


async def test_a_matter_may_follow_another_in_own_words(exchange: Exchange) -> None:
    call = ReactingCall(
        cue(MAIN, presses("3")),
        cue("请报工单编号", presses("2611230000129#")),
        cue("还要办别的事吗", says("story01")),
        cue("您要说的是", hangs_up()),
    )
    await exchange.takes(call)


async def test_whoever_is_never_understood_at_the_menu_gets_a_person(exchange: Exchange) -> None:
    call = ReactingCall(
        cue(MAIN, hums()), cue("没听清"), cue("您可以说", hums()), cue("请按键选择"), cue("没有人工可以接听")
    )
    await exchange.takes(call)
    assert (await exchange.ticket(call)).callback
