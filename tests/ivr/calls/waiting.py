"""Waits for what other processes do: a port taken or let go, a draft kept in the backend."""

from __future__ import annotations

import asyncio
import socket

from tests.backend.city import Backend


async def drafted(backend: Backend, number: str) -> str:
    """All that drafts of theirs hold, as text."""
    page = await backend.client.list_drafts(actor=f"phone:+86{number}")
    return " ".join(str(draft.form) for draft in page.items)


async def takes_calls(port: int, patience: float = 60.0) -> None:
    async with asyncio.timeout(patience):
        while not _taken(port):  # noqa: ASYNC110 - another process binds it
            await asyncio.sleep(0.1)


async def is_down(port: int) -> None:
    async with asyncio.timeout(30):
        while _taken(port):  # noqa: ASYNC110 - another process lets it go
            await asyncio.sleep(0.05)


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
