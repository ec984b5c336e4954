"""What one person sends is handled in order, different people side by side, and what fails holds nobody up for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.messenger.lanes import Gathering, Lanes, Trying

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


class Talk:
    """Texts that begin with a comma may go on; a press, which begins with an exclamation mark, is no part of them."""

    def __init__(self, quiet: float) -> None:
        self.heard: list[str | list[str]] = []
        self.done: list[int] = []
        gathering: Gathering[str] = Gathering(
            lambda text: not text.startswith("!"), lambda text: text.startswith(","), self._together, quiet
        )
        self.lanes: Lanes[str] = Lanes(self._alone, Trying(), self.done.append, gathering)

    async def _alone(self, text: str) -> None:
        self.heard.append(text)

    async def _together(self, texts: Sequence[str]) -> None:
        self.heard.append(list(texts))

    def comes(self, *texts: str) -> None:
        for text in texts:
            self.lanes.begin(len(self.done) + len(self.lanes.running), text, lane="a")


async def test_short_texts_in_a_row_are_handled_as_one_until_one_ends_it() -> None:
    talk = Talk(quiet=60)
    talk.comes(",停电了", ",从昨晚开始")
    await settled()
    assert (talk.heard, talk.done) == ([], [])
    talk.comes("整栋楼都没电。")
    await settled()
    assert talk.heard == [[",停电了", ",从昨晚开始", "整栋楼都没电。"]]
    assert (sorted(talk.done), talk.lanes.running) == ([0, 1, 2], {})


async def test_a_press_ends_the_wait_and_is_handled_after_what_was_said_before_it() -> None:
    talk = Talk(quiet=60)
    talk.comes(",停电了")
    await settled()
    talk.comes("!confirm")
    await settled()
    assert talk.heard == [",停电了", "!confirm"]


async def test_what_cannot_go_on_is_handled_at_once() -> None:
    talk = Talk(quiet=60)
    talk.comes("是的", "整栋楼")
    await settled()
    assert talk.heard == ["是的", "整栋楼"]


async def test_when_nothing_more_comes_it_is_whole() -> None:
    talk = Talk(quiet=0)
    talk.comes(",停电了")
    await asyncio.wait(talk.lanes.running.values(), timeout=5)
    assert talk.heard == [",停电了"]


async def test_parts_that_fail_together_are_tried_again_together() -> None:
    tried: list[Sequence[str]] = []

    async def fails_once(texts: Sequence[str]) -> None:
        tried.append(list(texts))
        if len(tried) == 1:
            raise RuntimeError

    async def no_pause(_seconds: float) -> None: ...

    gathering: Gathering[str] = Gathering(lambda _: True, lambda text: text.startswith(","), fails_once, 60)
    lanes: Lanes[str] = Lanes(Book(), Trying(), gathering=gathering, sleep=no_pause)
    lanes.begin(0, ",a", lane="a")
    lanes.begin(1, "b", lane="a")
    await settled()
    assert tried == [[",a", "b"], [",a", "b"]]
    assert lanes.running == {}
