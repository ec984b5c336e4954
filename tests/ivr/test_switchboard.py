"""Calls under way when the phone stops: those that were taken, and those that were made."""

import asyncio
import inspect

import pytest

from ivr import switchboard
from ivr.call import EndReason, MediaCall, TransferOutcome
from ivr.carried import CarriedCall
from ivr.switchboard import Switchboard
from ivr.talk.ear import Ear


class Call(CarriedCall):
    transport = "test"

    def __init__(self) -> None:
        super().__init__(id="call", caller=None, called=None, max_seconds=60)

    def end(self, reason: EndReason) -> None:
        self._finish(reason)

    def fail(self) -> None:
        self.end(EndReason.ERROR)

    def turn(self) -> None:
        self._tick()

    async def transfer(self, target: str) -> TransferOutcome:
        raise NotImplementedError(target)

    async def run(self) -> None:
        await self._over.wait()


async def listens(call: MediaCall) -> None:
    async for _ in call.events():
        pass


@pytest.mark.parametrize("taken", [True, False], ids=["made", "answered"])
async def test_calls_may_finish_when_the_phone_stops(taken: bool) -> None:
    board, call = Switchboard(listens), Call()
    carried = asyncio.create_task(board.carry(call, call.run(), taken=taken))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(board.stop(30))
    done, _ = await asyncio.wait({stopping}, timeout=0.1)
    assert not done
    assert call.ended is None
    call.end(EndReason.HANGUP)
    async with asyncio.timeout(5):
        await asyncio.gather(stopping, carried)
    assert call.ended is EndReason.HANGUP


def test_a_story_that_the_stop_cuts_off_may_become_text_and_be_filed() -> None:
    """Cancelled after five seconds, a minute of story was lost: it takes six and a half to transcribe."""
    transcribing: float = inspect.signature(Ear).parameters["wait"].default
    assert transcribing + 3 < switchboard._STOPPING_SECONDS


@pytest.mark.parametrize("taken", [True, False], ids=["made", "answered"])
async def test_calls_that_do_not_finish_in_time_are_ended(taken: bool) -> None:
    board, call = Switchboard(listens), Call()
    carried = asyncio.create_task(board.carry(call, call.run(), taken=taken))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await board.stop(0.05)
        await carried
    assert call.ended is EndReason.CANCELLED
