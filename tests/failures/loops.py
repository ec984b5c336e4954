"""Whole loops, many at a time: people report, departments answer, people rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.failures.people import SHORT_PATIENCE, ApiHandler, BotHandler, Enterprise
from tests.failures.town import Town


@asynccontextmanager
async def departments_at_work(
    town: Town, *, in_chat: int, patience: float = SHORT_PATIENCE
) -> AsyncIterator[list[BotHandler]]:
    """Every department answers what comes: so many of them in the staff bot, the others through the API."""
    chatting = [BotHandler(one, patience) for one in town.handlers[:in_chat]]
    over = asyncio.Event()
    calling = [ApiHandler(one, over) for one in town.handlers[in_chat:]]
    async with asyncio.TaskGroup() as group:
        for at_bot in chatting:
            group.create_task(at_bot.live())
        for at_api in calling:
            group.create_task(at_api.live())
        try:
            yield chatting
        finally:
            # Told, too, not only cancelled: asyncio.wait_for of Python 3.11 may swallow a cancellation.
            over.set()
            for handler in chatting:
                handler.finished.set()


def enterprises(
    town: Town, count: int, first: int = 1, within: float = 0.0, patience: float = SHORT_PATIENCE
) -> list[Enterprise]:
    """People, spread over the districts, who come one after the other `within` so many seconds."""
    districts = [handler.district for handler in town.handlers]
    return [
        Enterprise(town.enterprise_chat(first + at), districts[at % len(districts)], patience, within * at / count)
        for at in range(count)
    ]


async def all_live(town: Town, people: Sequence[Enterprise], seconds: float) -> None:
    """Let them live until all have rated. Raises AssertionError with the chat of one who did not come that far."""
    tasks = [asyncio.create_task(person.live()) for person in people]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stuck = [person for person in people if not person.finished.is_set()]
        for person in stuck:
            person.finished.set()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if end is not None:
            raise end
    if stuck:
        chat = stuck[0].chat.transcript()
        raise AssertionError(f"{len(stuck)} of {len(people)} are not through after {seconds} s\n{chat}\n{town.logs()}")


async def quiet(town: Town, seconds: float = 90.0) -> float:
    """Wait until nothing is left in the outbox; how long that took."""
    began = time.monotonic()
    await town.read_staff_pages()
    await town.until("SELECT key, attempts FROM notice WHERE done_at IS NULL", seconds)
    return time.monotonic() - began
