"""Runs the work of a command until it ends, or a signal asks it to."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, NoReturn

import uvloop

import wiring
from backend import database
from backend.api import logs
from backend.contract.faults import NamedFault, OperatorError
from backend.contract.message import Message
from cli.options import read_chosen
from cli.terminal import fail, told_in, wording_of
from settings import Settings, SettingsError

Part = Callable[[Settings, AsyncExitStack, asyncio.Event], Coroutine[Any, Any, None]]


async def require_migrated() -> None:
    if await database.pending_migrations():
        raise OperatorError(Message("start.old_database"))


def with_database(work: Callable[[], Awaitable[None]]) -> None:
    """Do this with the database that is there; such a command makes nothing in a folder without one."""
    chosen = read_chosen()
    if not wiring.has_database(chosen):
        fail([wording_of(None).text(Message("cli.no_data", {"folder": str(chosen.data_dir.absolute())}))])

    async def part(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
        await stack.enter_async_context(database.opened(await wiring.open_database(chosen, stack), 3))
        await require_migrated()
        await work()

    execute(part, chosen)


def execute(
    part: Part,
    chosen: Settings | None = None,
    *,
    needs_servers: bool = False,
    needs_redis: bool = False,
    quiet: bool = False,
    serves: bool = False,
) -> None:
    """Run a part until it ends or a signal asks it to; faults of set-up end with a line for each, not a traceback.

    `serves`: the process is there for this part alone, and ends with it.
    """
    chosen = chosen or read_chosen(making=True)
    logs.configure(chosen.log_format, "WARNING" if quiet else chosen.log_level)
    missing = [
        name
        for name, value in (("DATABASE_URL", chosen.database_url), ("REDIS_URL", chosen.redis_url))
        if value is None and (needs_servers or (needs_redis and name == "REDIS_URL"))
    ]
    with told_in(wording_of(None)):
        if missing:
            raise SettingsError(*(NamedFault(name, Message("start.not_set")) for name in missing))
        # uvloop takes a quarter off the backend's CPU for a request: docs/performance.md.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signal(part, chosen))
            if serves:
                _leave()


def _leave() -> NoReturn:
    """End this process now that all is drained. Python would wait for threads that are still warming up, which takes
    half a minute where it was stopped soon after its start.
    """
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


async def _until_signal(part: Part, chosen: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        work = asyncio.create_task(part(chosen, stack, stop))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not work.done():
            # Serving parts return by themselves; one that is still setting up is cut short.
            _, pending = await asyncio.wait({work}, timeout=1.0)
            for task in pending:
                task.cancel()
        try:
            await work
        except asyncio.CancelledError:
            pass
