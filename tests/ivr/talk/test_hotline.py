"""Whole calls against the hotline: by voice, by keys, mixed, and all the ways they can go wrong."""

from backend.contract.words import Kind
from tests.ivr.talk.callers import Cue, ReactingCall, cue, hangs_up, hums, presses, says
from tests.ivr.talk.conftest import Exchange

TO_NOISE = (
    cue("现在只能按键操作", presses("13")),  # business, complaint: typed ahead of the menu
    cue("您要说的是下面哪一件", presses("4")),
)
"""To the first question of a form, by keys alone."""
HALF = (*TO_NOISE, cue("主要是什么影响您", presses("1")))
"""One answer given."""
WHOLE: tuple[Cue, ...] = (
    *HALF,
    cue("是从哪里来的", presses("1")),
    cue("对方叫什么名字", presses("#")),
    cue("对方在哪个区县", presses("2")),
    cue("哪个镇或者街道", presses("4")),
    cue("对方的具体位置", hums()),
    cue("从哪天开始的", presses("1101#")),
    cue("主要在什么时段", presses("2")),
    cue("夜间施工的公告", presses("#")),
    cue("测过声音有多大", presses("2")),
    cue("对您有什么影响", presses("1")),
    cue("还有吗", presses("2")),
    cue("还有吗", presses("#")),
    cue("请说说从几点到几点", hums(3.0), presses("#")),
)
"""To the read-back."""


async def test_a_matter_is_filed_by_voice_alone(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", says("企业服务")),
        cue("请用一两句话说说", says("story01")),
        cue("您要说的是", says("对")),
        cue("您这次属于哪一种情况", says("我要投诉")),
        cue("材料是怎么交的", says("网上")),
        cue("是在哪个区县办的", says("城东")),
        cue("哪个镇或者街道", says("东门街道")),
        cue("是哪一天交的材料", says("上个月二十号")),
        cue("当时说几个工作日", says("十五天")),
        cue("对方怎么说", says("让我等")),
        cue("我念一遍", says("确认")),
        cue("还要办别的事吗", hangs_up(after=1)),
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert (ticket.scenario, ticket.kind, ticket.district) == ("licence-delay", "complaint", "dongmen")
    answers = {answer.field: answer.value for answer in ticket.answers}
    assert answers["licence"] == "business"
    assert answers["filed_on"] == "2026-10-20"
    assert answers["promised_days"] == 15
    assert [one.kind for one in ticket.attachments] == ["voice"]
    assert not ticket.callback
    assert call.said.count("再说一遍") == 1


async def test_a_matter_is_filed_by_keys_alone(exchange: Exchange) -> None:
    """Without a speech model; digits pressed ahead of the prompts are not lost."""
    call = ReactingCall(
        *WHOLE,
        cue("这样登记可以吗", presses("1")),
        cue("还要办别的事吗", presses("#")),
    )
    await exchange.with_hotline(ear=None).takes(call)
    ticket = await exchange.ticket(call)
    assert (ticket.scenario, ticket.kind, ticket.district) == ("noise-next-door", Kind.COMPLAINT, "linhe")
    assert {answer.field: answer.value for answer in ticket.answers}["effect"] == ["rest", "customers"]
    assert "请听录音" in ticket.story
    assert len(ticket.attachments) == 2
    assert call.said.count("重听按星号") == 1
    assert "照片可以以后在网上补" in call.said
    assert "统一社会信用代码" not in call.said  # never asked what the template defers


async def test_keys_and_voice_may_be_mixed(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", presses("1")),
        cue("请用一两句话说说", presses("3")),
        cue("请用一两句话说说是什么事", says("story07")),
        cue("您要说的是", presses("1")),
        cue("欠您钱的是哪类单位", says("第二个")),
        cue("欠款单位的全称", says("老街面馆")),
        cue("欠款单位在哪个区县", says("再说一遍")),
        cue("欠款单位在哪个区县", says("城东区")),
        cue("哪个镇或者街道", says("返回")),
        cue("欠款单位在哪个区县", says("临河县")),
        cue("哪个镇或者街道", presses("4")),
        cue("还欠多少钱", says("三万五千块")),
        cue("应该哪天付钱", presses("1399#")),
        cue("没有这个月份", presses("20260305#")),
        cue("有没有意见", says("不是")),
        cue("起诉或申请仲裁", presses("1")),
        cue("手里有哪些材料", presses("1")),
        cue("还有吗", says("没有了")),
        cue("这样登记可以吗", presses("2")),
        cue("要改哪一项", presses("9")),
        cue("这样登记可以吗", presses("1")),
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    answers = {answer.field: answer.value for answer in ticket.answers}
    assert (answers["amount"], answers["due_on"], answers["debtor_type"]) == ("35000.00", "2026-03-05", "soe")
    assert "三万五千块" in call.heard_as
