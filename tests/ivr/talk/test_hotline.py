"""Whole calls against the hotline: by voice, by keys, mixed, and all the ways they can go wrong."""

from tests.ivr.talk.callers import ReactingCall, cue, says
from tests.ivr.talk.conftest import Exchange


async def test_a_matter_is_filed_by_voice(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", says("menu00")),
        cue("请用一两句话说说", says("story00")),
        cue("您要说的是", says("menu12")),
    )
    await exchange.takes(call)
    print(call.said)
    print([c.text for c in call.captions if c.side == "heard"])
    assert 0
