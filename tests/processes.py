"""Programs that tests start, and how they are ended for certain."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

PATIENCE = 10.0
"""Seconds that a program may take to end when it is asked to; then it is killed."""


@asynccontextmanager
async def program(*command: str, **options: Any) -> AsyncIterator[Process]:
    """Runs for the length of the block at most; `options` are of `asyncio.create_subprocess_exec`."""
    process = await asyncio.create_subprocess_exec(*command, **options)
    try:
        yield process
    finally:
        await end(process)


async def end(process: Process, patience: float = PATIENCE) -> int:
    """Ask by SIGTERM, then kill; returns the exit code. Harmless when it has ended already."""
    _send(process, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        return await gone(process, patience)
    return await kill(process)


async def kill(process: Process) -> int:
    """SIGKILL; returns the exit code."""
    _send(process, signal.SIGKILL)
    return await gone(process)


async def gone(process: Process, patience: float = PATIENCE) -> int:
    """Its exit code, once it has ended by itself. Raises TimeoutError.

    What is left in its pipes is read: one that is not read to its end is not closed, and is complained about in
    whichever test runs when it is collected.
    """
    if process.stdin is not None:
        process.stdin.close()
    async with asyncio.timeout(patience):
        await process.communicate()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                await process.stdin.wait_closed()
    assert process.returncode is not None
    return process.returncode


def _send(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
