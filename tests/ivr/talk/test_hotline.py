"""Whole calls against the hotline: by voice, by keys, mixed, and all the ways they can go wrong."""

from tests.ivr.talk.callers import ReactingCall, cue, hangs_up, says
from tests.ivr.talk.conftest import Exchange


async def test_a_matter_is_filed_by_voice_alone(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", says("企业服务")),
        cue("请用一两句话说说", says("story01")),
        cue("您要说的是", says("对")),
        cue("您这次属于哪一种情况", says("我要投诉")),
        cue("办的是什么证", says("营业执照")),
        cue("是新办还是变更", says("变更")),
        cue("材料是怎么交的", says("网上")),
        cue("是在哪个区县办的", says("城东")),
        cue("哪个镇或者街道", says("东门街道")),
        cue("是哪一天交的材料", says("上个月二十号")),
        cue("当时说几个工作日", says("五个工作日")),
        cue("对方怎么说", says("让我等")),
        cue("请说说经过", says("材料交了两次，窗口都说系统里没有，希望帮我查一下")),
        cue("我念一遍", says("确认")),
        cue("还要办别的事吗", hangs_up(after=1)),
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert (ticket.scenario, ticket.kind, ticket.district) == ("licence-delay", "complaint", "dongmen")
    answers = {answer.field: answer.value for answer in ticket.answers}
    assert answers["licence"] == "business"
    assert answers["filed_on"] == "2026-10-20"
    assert answers["promised_days"] == 5
    assert [one.kind for one in ticket.attachments] == ["voice", "voice"]
    assert not ticket.callback
    assert call.said.count("工单编号是") == 2
