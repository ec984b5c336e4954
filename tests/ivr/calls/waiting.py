"""Waits for what other processes do: a port taken or let go, a draft kept in the backend."""

from __future__ import annotations

import asyncio
import socket
from uuid import uuid4

from tests.backend.city import Backend
from tests.ivr.calls.tap import PATIENCE


async def drafted(backend: Backend, number: str) -> str:
    """All that drafts of theirs hold, as text."""
    page = await backend.client.acting_as(f"phone:+86{number}").list_drafts()
    return " ".join(str(draft.form) for draft in page.items)


async def takes_calls(port: int, patience: float = PATIENCE) -> None:
    """Ask as a PBX does, by OPTIONS, until the answer is 200: while the stack comes up it knows nobody, 404."""
    async with asyncio.timeout(patience):
        while not (await asyncio.to_thread(_asked, port)).startswith(b"SIP/2.0 200"):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


async def is_down(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while _taken(port):  # noqa: ASYNC110 - another process lets it go
            await asyncio.sleep(0.05)


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _asked(port: int) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("127.0.0.1", port))
        asking.settimeout(0.5)
        place = "{}:{}".format(*asking.getsockname())
        lines = [
            f"OPTIONS sip:12345@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {place};branch=z9hG4bK{uuid4().hex};rport",
            "Max-Forwards: 70",
            f"From: <sip:asking@{place}>;tag={uuid4().hex}",
            f"To: <sip:12345@127.0.0.1:{port}>",
            f"Call-ID: {uuid4().hex}",
            "CSeq: 1 OPTIONS",
            f"Contact: <sip:asking@{place}>",
            "Content-Length: 0",
        ]
        try:
            asking.send("\r\n".join([*lines, "", ""]).encode())
            return asking.recv(4096)
        except OSError:
            return b""
