"""What one person sends is handled in order, different people side by side, and what fails holds nobody up for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.messenger.lanes import Lanes, Trying

Handle = Callable[[str], Awaitable[None]]


class Book:
    """A handler that waits where the test says, and notes what it began and ended."""

    def __init__(self, *held: str) -> None:
        self.gates = {text: asyncio.Event() for text in held}
        self.begun: list[str] = []
        self.ended: list[str] = []

    async def __call__(self, text: str) -> None:
        self.begun.append(text)
        if text in self.gates:
            await self.gates[text].wait()
        self.ended.append(text)


async def settled() -> None:
    """Everything that can go on without the test has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


def lanes_of(handle: Handle, done: list[int], trying: Trying | None = None) -> Lanes[str]:
    async def no_pause(_seconds: float) -> None: ...

    return Lanes(handle, trying or Trying(), done.append, sleep=no_pause)


async def test_one_who_is_slow_holds_up_only_what_they_sent_themselves() -> None:
    book, done = Book("a1"), list[int]()
    lanes = lanes_of(book, done)
    for number, text in enumerate(("a1", "a2", "b1")):
        lanes.begin(number, text, lane=text[0])
    await settled()
    assert (book.begun, done, sorted(lanes.running)) == (["a1", "b1"], [2], [0, 1])
    book.gates["a1"].set()
    await settled()
    assert (book.ended, done, lanes.running) == (["b1", "a1", "a2"], [2, 0, 1], {})


async def test_parts_of_an_album_are_handled_together_and_what_follows_waits_for_them() -> None:
    book = Book("one", "two")
    lanes = lanes_of(book, [])
    for number, (text, album) in enumerate((("before", ""), ("one", "x"), ("two", "x"), ("after", ""))):
        lanes.begin(number, text, lane="a", album=album)
    await settled()
    assert book.begun == ["before", "one", "two"]
    book.gates["one"].set()
    book.gates["two"].set()
    await settled()
    assert book.ended[-1] == "after"


async def test_what_keeps_failing_is_skipped_and_counts_as_done() -> None:
    tries: list[str] = []

    async def fails(text: str) -> None:
        tries.append(text)
        if text == "bad":
            raise RuntimeError

    done: list[int] = []
    lanes = lanes_of(fails, done, Trying(retries=2))
    lanes.begin(0, "bad", lane="a")
    lanes.begin(1, "good", lane="a")
    await settled()
    assert (tries, done) == (["bad", "bad", "bad", "good"], [0, 1])


async def test_what_is_not_done_at_the_end_is_told_and_is_not_done() -> None:
    book, done = Book("held"), list[int]()
    lanes = lanes_of(book, done)
    lanes.begin(7, "held", lane="a")
    await settled()
    [unfinished] = await lanes.finish(timeout=0)
    unfinished.cancel()
    await asyncio.gather(unfinished, return_exceptions=True)
    assert (done, lanes.running) == ([], {})
