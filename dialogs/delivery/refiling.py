"""Files again, now and then, what people confirmed while the backend was away, and tells them."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from functools import partial

from backend.contract.clock import Clock
from dialogs.commands import Verb, command
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Incoming, Person, Press
from dialogs.exchange import Reply

log = logging.getLogger(__name__)

_SECONDS = 10.0


Tell = Callable[[Person, Reply], Awaitable[None]]


@asynccontextmanager
async def refiling(talk: EnterpriseTalk, tell: Tell, channels: Collection[str], clock: Clock) -> AsyncIterator[None]:
    """Beside whatever is done in a block. The first round is at once: a process that died may have left somebody
    waiting. While the clock is wrong there is none.
    """
    ended = asyncio.Event()
    rounds = asyncio.create_task(_rounds(talk, tell, channels, clock, ended), name="refile")
    try:
        yield
    finally:
        # Told as well: on Python 3.11 redis-py swallows a cancellation that meets the end of a write.
        ended.set()
        rounds.cancel()
        await asyncio.gather(rounds, return_exceptions=True)


async def _rounds(
    talk: EnterpriseTalk, tell: Tell, channels: Collection[str], clock: Clock, ended: asyncio.Event
) -> None:
    while not ended.is_set():
        if clock.fault() is None:
            await _round(talk, tell, channels, clock)
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS):
                await ended.wait()


async def _round(talk: EnterpriseTalk, tell: Tell, channels: Collection[str], clock: Clock) -> None:
    try:
        for person, reply in await talk.retry_pending(partial(_pressed_retry, clock), channels):
            await _tell(tell, person, reply)
    except Exception as error:
        log.warning("filing again failed", extra={"error": type(error).__name__})


async def _tell(tell: Tell, person: Person, reply: Reply) -> None:
    try:
        await tell(person, reply)
    except Exception as error:
        # The acceptance notice tells the person all the same.
        log.warning("telling what was filed again failed", extra={"error": type(error).__name__})


def _pressed_retry(clock: Clock, person: Person) -> Incoming:
    return Incoming(person, f"retry-{uuid.uuid4()}", clock(), Press(command(Verb.RETRY)))
