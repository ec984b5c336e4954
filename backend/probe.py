"""Asks whether a part answers, for never longer than a bound: a server may be frozen, and not gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

Ask = Callable[[], Awaitable[str]]
"""`ok`, or what is wrong in a word; it deals with the errors it expects."""

SECONDS = 2.0
"""Within this a probe has answered."""
WELL = frozenset({"ok", "no", "none"})
"""Answers of a part that can work."""


class Probe:
    """One part's question. While it is unanswered nobody asks again: callers of a frozen server must not pile up."""

    def __init__(self, ask: Ask, silent: str = "unreachable", seconds: float = SECONDS) -> None:
        """`silent`: what is said of a part that gives no answer within `seconds`."""
        self._ask = ask
        self._silent = silent
        self._seconds = seconds
        self._asking: asyncio.Task[str] | None = None

    async def __call__(self) -> str:
        # Waited for, not cancelled: taking a connection back from a frozen PostgreSQL may hang as well.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._answer())
        asking = self._asking
        await asyncio.wait({asking}, timeout=self._seconds)
        return asking.result() if asking.done() and not asking.cancelled() else self._silent

    async def _answer(self) -> str:
        return await self._ask()

    async def stop(self) -> None:
        """Give up a question that is still open."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=self._seconds)


async def ask_all(probes: Mapping[str, Probe]) -> dict[str, str]:
    """The answers by part; all are asked at once."""
    answers = await asyncio.gather(*(probe() for probe in probes.values()))
    return dict(zip(probes, answers, strict=True))
