"""What is queued leaves a frame at a time; a lead sends ahead, and never more than the lead."""

import asyncio

import pytest

from ivr.call import FRAME_BYTES
from ivr.playout import Playout

FRAME = b"\1\0" * 160


def test_one_frame_leaves_at_each_tick_and_the_last_is_filled_up() -> None:
    playout = Playout()
    playout.play(FRAME + b"\2\0")
    assert playout.tick() == [FRAME]
    assert playout.tick() == [b"\2\0" + bytes(FRAME_BYTES - 2)]
    assert playout.busy
    assert playout.tick() == []
    assert not playout.busy


def test_a_lead_is_sent_at_once_and_then_kept() -> None:
    playout = Playout(lead=3)
    playout.play(FRAME * 5)
    assert [len(playout.tick()) for _ in range(8)] == [3, 1, 1, 0, 0, 0, 0, 0]


def test_whole_frames_of_the_lead_need_not_wait_for_the_clock_and_a_part_of_one_waits_for_the_rest() -> None:
    playout = Playout(lead=3)
    playout.play(FRAME + b"\2\0")
    assert playout.whole() == [FRAME]
    playout.play(FRAME * 3)
    assert playout.whole() == [b"\2\0" + FRAME[:-2], FRAME[-2:] + FRAME[:-2]]
    assert [len(playout.tick()) for _ in range(6)] == [1, 1, 0, 0, 0, 0]


def test_it_is_drained_when_the_last_frame_has_sounded_not_when_it_left() -> None:
    playout = Playout(lead=3)
    playout.play(FRAME * 3)
    busy = []
    for _ in range(4):
        playout.tick()
        busy.append(playout.busy)
    assert busy == [True, True, True, False]


async def test_flushing_and_closing_let_the_waiting_go() -> None:
    for release in (Playout.flush, Playout.close):
        playout = Playout()
        playout.play(FRAME)
        waiting = asyncio.create_task(playout.drained())
        await asyncio.sleep(0)
        assert not waiting.done()
        release(playout)
        await waiting
        assert playout.tick() == []


def test_nothing_is_taken_after_closing_and_half_a_sample_never() -> None:
    playout = Playout()
    playout.close()
    playout.play(FRAME)
    assert playout.tick() == []
    with pytest.raises(ValueError, match="even"):
        playout.play(b"\0")
