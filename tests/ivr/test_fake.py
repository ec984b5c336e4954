"""The fake keeps the contract, follows its script to the frame, and never waits for a clock."""

import asyncio

import pytest

from ivr.audio import tone
from ivr.call import Audio, Caption, Digit, Ended, EndReason, TransferOutcome
from ivr.fake import FakeCall, HangUp, Listen, Press, Say, Wait
from tests.ivr.contract import CALLER, FarEnd, Line, MediaCallContract


class ScriptedFarEnd(FarEnd):
    def __init__(self, call: FakeCall) -> None:
        self._call = call

    async def _done(self) -> None:
        while not self._call.idle and self._call.ended is None:  # noqa: ASYNC110 - frames pass at every turn, no clock
            await asyncio.sleep(0)

    async def say(self, pcm: bytes) -> None:
        self._call.will(Say(pcm))
        await self._done()

    async def press(self, digits: str) -> None:
        self._call.will(Press(digits))
        await self._done()

    async def hang_up(self) -> None:
        self._call.will(HangUp())
        await self._done()

    def heard(self) -> bytes:
        return self._call.heard_pcm

    async def hung_up_on(self) -> None:
        assert self._call.hung_up


class TestContract(MediaCallContract):
    @pytest.fixture
    async def line(self) -> Line:
        call = FakeCall(caller=CALLER, longest=100_000)
        return call, ScriptedFarEnd(call)


async def test_steps_happen_at_their_frames() -> None:
    call = FakeCall([Wait(3), Press("12"), Say(tone(440, 0.04)), HangUp()])
    events = [event async for event in call.events()]
    assert call.presses == [(4, "1"), (5, "2")]
    assert [event.digit for event in events if isinstance(event, Digit)] == ["1", "2"]
    assert sum(isinstance(event, Audio) for event in events) == 7
    assert events[-1] == Ended(EndReason.HANGUP)
    assert call.now == 8


async def test_a_barge_in_is_seen_in_frames() -> None:
    call = FakeCall([Wait(10), Press("0"), Wait(20), HangUp()])
    call.play(tone(440, 5))
    async for event in call.events():
        if isinstance(event, Digit):
            call.flush()
    pressed = call.presses[0][0]
    last = call.last_loud()
    assert last is not None
    assert last - pressed <= 1
    assert call.flushes == [pressed]


async def test_a_listening_caller_answers_when_the_prompt_is_over() -> None:
    call = FakeCall([Listen(), Press("1"), Listen(), Press("2"), HangUp()])
    call.play(tone(440, 0.5))
    async for event in call.events():
        if event == Digit("1"):
            call.play(tone(440, 0.2))
    (first, _), (second, _) = call.presses
    assert 25 < first <= 40
    assert 20 <= second - first <= 25


async def test_time_passes_while_only_the_prompt_is_waited_for() -> None:
    call = FakeCall()
    call.play(tone(440, 1))
    await call.drained()
    assert 50 <= call.now <= 52
    assert len(call.heard) == 50


async def test_a_forgotten_call_ends() -> None:
    call = FakeCall(longest=50)
    events = [event async for event in call.events()]
    assert events[-1] == Ended(EndReason.MAX_DURATION)


@pytest.mark.parametrize("outcome", list(TransferOutcome))
async def test_the_outcome_of_a_transfer_is_the_scripts(outcome: TransferOutcome) -> None:
    call = FakeCall(transfer=outcome)
    assert await call.transfer("seat") is outcome
    assert call.transfers == ["seat"]
    assert (call.ended is not None) is (outcome is TransferOutcome.ACCEPTED)


async def test_captions_are_kept_until_the_end() -> None:
    call = FakeCall()
    call.show(Caption("said", "您好"))
    await call.hangup()
    call.show(Caption("said", "再见"))
    assert call.captions == [Caption("said", "您好")]
