"""Lines of the log, written together where a loop runs."""

import asyncio
import io
import json
import logging
import weakref
from collections.abc import Iterator

import pytest

from backend.api import logs


class Writes(io.StringIO):
    """Counts how often it is written to."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def write(self, text: str, /) -> int:
        self.times += 1
        return super().write(text)

    @property
    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.getvalue().splitlines()]


@pytest.fixture
def stream() -> Writes:
    return Writes()


@pytest.fixture
def log(stream: Writes, monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    monkeypatch.setattr(logs.BatchingHandler, "SECONDS", 0.0)
    handler = logs.BatchingHandler(stream)
    handler.setFormatter(logs.JsonLines())
    found = logging.getLogger("tests.of_this_test")
    found.setLevel(logging.INFO)
    found.addHandler(handler)
    yield found
    found.removeHandler(handler)
    handler.close()


async def _turns() -> None:
    """Let the loop come round to what is due at once."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_what_a_loop_logs_is_written_together_and_in_order(log: logging.Logger, stream: Writes) -> None:
    for number in range(20):
        log.info("event %d", number)
    assert stream.times == 0
    await _turns()
    assert stream.times == 1
    assert stream.events == [f"event {number}" for number in range(20)]


async def test_a_warning_is_written_at_once_with_all_before_it(log: logging.Logger, stream: Writes) -> None:
    log.info("before")
    log.warning("broken")
    assert stream.events == ["before", "broken"]
    log.info("after")
    await _turns()
    assert stream.events == ["before", "broken", "after"]


def test_without_a_loop_each_line_is_written_at_once(log: logging.Logger, stream: Writes) -> None:
    log.info("one")
    assert stream.events == ["one"]


def test_what_a_loop_left_when_it_ended_is_written_with_the_next_line(
    log: logging.Logger, stream: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs.BatchingHandler, "SECONDS", 60.0)

    async def leave() -> None:
        log.info("left")

    asyncio.run(leave())
    assert stream.events == []
    log.info("next")
    assert stream.events == ["left", "next"]


def test_what_is_left_at_the_end_is_written(
    log: logging.Logger, stream: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs.BatchingHandler, "SECONDS", 60.0)

    async def leave() -> None:
        log.info("left")

    asyncio.run(leave())
    logging.shutdown([weakref.ref(log.handlers[0])])  # as Python does when it exits
    assert stream.events == ["left"]
