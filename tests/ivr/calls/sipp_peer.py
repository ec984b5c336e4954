"""A peer of yet another make: sipp with a scenario of ours, and keys as recorded packets of RFC 4733."""

from __future__ import annotations

import os
import shutil
import struct
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ivr.sip.phone import free_port
from tests.processes import gone, program

SCENARIOS = Path(__file__).parent / "sipp"
_CODES = {"1": 1, "hash": 11}
_PATIENCE = 60

needs_sipp = pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed")
needs_raw_sockets = pytest.mark.skipif(os.geteuid() != 0, reason="sipp sends recorded packets as root only")


@asynccontextmanager
async def answering(folder: Path, port: int, scenario: str) -> AsyncIterator[None]:
    """Somebody at `port` who takes one call, as the scenario has it; the block's end waits for the call's.

    Raises AssertionError with what sipp noticed when the call went otherwise.
    """
    for name, code in _CODES.items():
        (folder / f"key-{name}.pcap").write_bytes(_key(code))
    running = program(
        *("sipp", "-sf", str(SCENARIOS / scenario), "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(port), "-m", "1"),
        *("-mp", str(free_port() & ~1), "-trace_err", "-nostdin", "-timeout", f"{_PATIENCE}s", "-timeout_error"),
        cwd=folder,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    async with running as process:
        yield
        assert await gone(process, _PATIENCE) == 0, _errors(folder)


def _errors(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.glob("*_errors.log"))


def _key(code: int) -> bytes:
    """A key held for 100 ms, as a capture of packets: sipp puts its own addresses in."""
    held = [(code, 0x0A, 160 * count) for count in range(1, 6)]
    released = [(code, 0x8A, 800)] * 3
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, (event, volume, duration) in enumerate((*held, *released)):
        marker = 0x80 if number == 0 else 0
        rtp = struct.pack("!BBHII", 0x80, 101 | marker, 100 * code + number, 160, 0xC0FFEE)
        frame = _framed(rtp + struct.pack("!BBH", event, volume, duration))
        capture += struct.pack("<IIII", 0, 20000 * number, len(frame), len(frame)) + frame
    return capture


def _framed(payload: bytes) -> bytes:
    """Ethernet, IPv4 and UDP around it."""
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(payload), 0) + payload
    loopback = bytes([127, 0, 0, 1])
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, loopback, loopback)
    return bytes(12) + b"\x08\x00" + ip + udp
