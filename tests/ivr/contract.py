"""What every MediaCall must do, whatever carries it: a folder of tests fills in the `line` fixture."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import groupby

import pytest

from ivr.audio import loudness, silence, tone
from ivr.call import (
    FRAME_BYTES,
    FRAMES_PER_SECOND,
    Audio,
    CallEvent,
    Caption,
    Digit,
    Ended,
    EndReason,
    MediaCall,
    TransferOutcome,
)

CALLER = "+8613912345678"
LOUD = -40.0
"""dB; the tones of these tests are far above it."""
PATIENCE = 30.0
"""Seconds a test waits for what must happen: a machine under load is slow, not wrong."""


class FarEnd(ABC):
    """The caller's telephone."""

    settles = 0.0
    """Seconds its transport takes to bring what is heard, beyond the frame itself."""

    @abstractmethod
    async def say(self, pcm: bytes) -> None:
        """Begin to send audio in real time; returns once it has been sent."""

    @abstractmethod
    async def press(self, digits: str) -> None: ...

    @abstractmethod
    async def hang_up(self) -> None: ...

    @abstractmethod
    def heard(self) -> bytes:
        """All audio received so far."""

    @abstractmethod
    async def hung_up_on(self) -> None:
        """Until the other end has ended the call."""

    async def settled(self) -> bytes:
        """All that was heard, once no more of what is loud comes in."""
        loud = -1
        async with asyncio.timeout(PATIENCE):
            while self.settles and loud != (loud := loud_frames(self.heard())):  # noqa: ASYNC110 - packets come in
                await asyncio.sleep(self.settles)
        return self.heard()


Line = tuple[MediaCall, FarEnd]


async def at_best(attempt: Callable[[], Awaitable[None]], tries: int = 3) -> None:
    """Make it true once: a busy machine brings packets late now and then, whoever sends them."""
    for _ in range(tries - 1):
        try:
            await attempt()
        except AssertionError:
            continue
        return
    await attempt()


class Events:
    """Takes the call's events as they come and keeps them."""

    def __init__(self, call: MediaCall) -> None:
        self.all: list[CallEvent] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._take(call))

    async def _take(self, call: MediaCall) -> None:
        async for event in call.events():
            self.all.append(event)
            self._news.set()

    @property
    def digits(self) -> str:
        return "".join(event.digit for event in self.all if isinstance(event, Digit))

    @property
    def audio(self) -> bytes:
        return b"".join(event.frame for event in self.all if isinstance(event, Audio))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.all) < count:
                self._news.clear()
                await self._news.wait()

    async def hears(self, frames: int, since: int = 0) -> None:
        """Until so many loud ones came behind the first `since` bytes of audio."""
        async with asyncio.timeout(PATIENCE):
            while loud_frames(self.audio[since:]) < frames:
                self._news.clear()
                await self._news.wait()

    async def presses(self, digits: str) -> None:
        """Until these keys came."""
        async with asyncio.timeout(PATIENCE):
            while digits not in self.digits:
                self._news.clear()
                await self._news.wait()

    async def ended(self) -> EndReason:
        async with asyncio.timeout(PATIENCE):
            await self._task
        assert isinstance(self.all[-1], Ended)
        assert sum(isinstance(event, Ended) for event in self.all) == 1
        return self.all[-1].reason

    async def all_taken(self) -> None:
        """Until the call has ended, however long it lasts."""
        await asyncio.wait([self._task])

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def loud_frames(pcm: bytes) -> int:
    return sum(loudness(pcm[at : at + FRAME_BYTES]) > LOUD for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES))


def loud_runs(pcm: bytes) -> list[int]:
    """The lengths, in frames, of what was loud without a break."""
    loud = (loudness(pcm[at : at + FRAME_BYTES]) > LOUD for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES))
    return [len(list(run)) for is_loud, run in groupby(loud) if is_loud]


class MediaCallContract:
    @pytest.fixture
    async def events(self, line: Line) -> AsyncIterator[Events]:
        events = Events(line[0])
        yield events
        await events.stop()

    async def test_it_says_who_calls(self, line: Line) -> None:
        call, _ = line
        assert call.caller == CALLER
        assert call.id
        assert call.caller.lstrip("+") not in call.id
        assert call.transport

    async def test_what_the_caller_says_comes_in_frames(self, line: Line, events: Events) -> None:
        _, far = line

        async def comes() -> None:
            before = len(events.audio)
            await far.say(tone(440, 0.3) + silence(0.2))
            await asyncio.sleep(far.settles)
            assert 14 <= loud_frames(events.audio[before:]) <= 17

        await at_best(comes)
        await far.hang_up()
        await events.ended()
        assert {len(event.frame) for event in events.all if isinstance(event, Audio)} == {FRAME_BYTES}

    async def test_a_silent_caller_is_silence_by_the_clock(self, line: Line, events: Events) -> None:
        await events.until(FRAMES_PER_SECOND // 2)
        assert loud_frames(events.audio) == 0

    async def test_keys_come_in_order_and_once(self, line: Line, events: Events) -> None:
        _, far = line
        await far.press("1192*0#")
        await far.hang_up()
        await events.ended()
        assert events.digits == "1192*0#"

    async def test_a_caller_who_hangs_up_ends_the_call(self, line: Line, events: Events) -> None:
        call, far = line
        call.play(tone(440, 5))
        await far.hang_up()
        assert await events.ended() is EndReason.HANGUP
        async with asyncio.timeout(PATIENCE):
            await call.drained()
        call.play(tone(440, 1))
        await call.drained()
        await call.hangup()

    async def test_what_is_played_is_heard_whole(self, line: Line, events: Events) -> None:
        call, far = line

        async def heard() -> None:
            before = len(far.heard())
            for _ in range(4):
                call.play(tone(440, 0.105))  # no whole number of frames: pieces must join without a gap
            async with asyncio.timeout(PATIENCE):
                await call.drained()
            said = (await far.settled())[before:]
            assert len(loud_runs(said)) == 1
            assert 20 <= loud_frames(said) <= 22

        await at_best(heard)

    async def test_flushed_audio_is_not_heard(self, line: Line, events: Events) -> None:
        call, far = line

        async def is_cut() -> None:
            start = len(far.heard())
            call.play(tone(440, 5))
            await events.until(len(events.all) + 20)
            call.flush()
            before = loud_frames(far.heard()[start:])
            async with asyncio.timeout(2.5):
                await call.drained()
            await events.until(len(events.all) + 25)
            heard = loud_frames((await far.settled())[start:])
            assert before > 5
            assert heard - before <= 3 + round(far.settles * FRAMES_PER_SECOND)

        await at_best(is_cut)

    async def test_after_a_flush_the_next_is_heard(self, line: Line, events: Events) -> None:
        call, far = line

        async def heard() -> None:
            before = len(far.heard())
            call.play(silence(5))
            call.flush()
            call.play(tone(440, 0.2))
            async with asyncio.timeout(PATIENCE):
                await call.drained()
            assert 10 <= loud_frames((await far.settled())[before:]) <= 11

        await at_best(heard)

    async def test_hanging_up_ends_it_for_both(self, line: Line, events: Events) -> None:
        call, far = line
        await call.hangup()
        assert await events.ended() is EndReason.HANGUP
        async with asyncio.timeout(PATIENCE):
            await far.hung_up_on()
        await call.hangup()

    async def test_half_a_sample_is_refused(self, line: Line) -> None:
        call, _ = line
        with pytest.raises(ValueError, match="even"):
            call.play(b"\0")

    async def test_captions_may_be_shown_at_any_time(self, line: Line, events: Events) -> None:
        call, _ = line
        call.show(Caption("said", "您好"))
        await call.hangup()
        call.show(Caption("heard", "我要投诉"))
        assert await events.ended() is EndReason.HANGUP

    async def test_a_transfer_has_an_outcome(self, line: Line, events: Events) -> None:
        call, _ = line
        async with asyncio.timeout(PATIENCE):
            outcome = await call.transfer("10086")
        if outcome is TransferOutcome.ACCEPTED:
            assert await events.ended() is EndReason.HANGUP
        else:
            await events.until(len(events.all) + 5)
            assert not isinstance(events.all[-1], Ended)
