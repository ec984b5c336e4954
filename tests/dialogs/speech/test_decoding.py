"""Each stream's work is done in order, one at a time, and none keeps the threads from the others."""

import threading
import time

import pytest

from dialogs.speech.decoding import Decoding, DecodingFailed, decoding_threads


async def test_frames_and_work_are_done_in_order_and_never_two_at_once() -> None:
    done: list[object] = []
    inside = threading.Lock()

    def step(frame: bytes) -> None:
        assert inside.acquire(blocking=False)
        done.append(frame[0])
        inside.release()

    with decoding_threads(4) as threads:
        decoding = Decoding(threads, step)
        for number in range(200):
            decoding.feed(bytes([number]))
        marked = decoding.after_that(lambda: done.append("mark"))
        decoding.feed(b"\xff")
        await decoding.settled()
    assert marked.done()
    assert done == [*range(200), "mark", 255]


@pytest.mark.realtime  # a turn is ten milliseconds
async def test_a_long_stream_lets_others_have_their_turn() -> None:
    with decoding_threads(1) as threads:
        order: list[str] = []

        def slow(frame: bytes) -> None:
            time.sleep(0.003)
            order.append("long")

        long = Decoding(threads, slow)
        short = Decoding(threads, lambda _: order.append("short"))
        for _ in range(60):
            long.feed(b"")
        short.feed(b"")
        await short.settled()
        assert order.count("long") < 30
        await long.settled()
        assert len(order) == 61


async def test_a_failure_ends_its_own_stream_alone_until_it_starts_anew() -> None:
    def step(frame: bytes) -> None:
        if frame == b"bad":
            raise ValueError("broken")
        done.append(frame)

    done: list[bytes] = []
    with decoding_threads(1) as threads:
        ill, well = Decoding(threads, step), Decoding(threads, step)
        ill.feed(b"bad")
        with pytest.raises(DecodingFailed, match="broken"):
            await ill.settled()
        with pytest.raises(DecodingFailed):
            ill.feed(b"refused")
        well.feed(b"other")
        await well.settled()
        ill.forget()
        ill.feed(b"anew")
        await ill.settled()
    assert done == [b"other", b"anew"]


async def test_feeding_after_the_threads_ended_fails_plainly() -> None:
    threads = decoding_threads(1)
    threads.shutdown()
    with pytest.raises(DecodingFailed):
        Decoding(threads, lambda _: None).feed(b"")
