"""Waiting for what gives no sign when it happens."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable


async def eventually(holds: Callable[[], bool | Awaitable[bool]], timeout: float = 5.0) -> None:
    """Return once the condition holds. Raises AssertionError if it does not in ``timeout`` real seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while True:
        held = holds()
        if await held if inspect.isawaitable(held) else held:
            return
        if loop.time() > deadline:
            raise AssertionError(f"did not come true in {timeout} s")
        await asyncio.sleep(0.01)
