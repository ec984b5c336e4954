"""Turns strangers away: the kernel sorts what arrives by its source, and the SIP stack never sees theirs.

The stack knows nothing of source addresses and can refuse with 486 only. So each of its listening sockets gets a
neighbour on the same port (SO_REUSEPORT), and a program in the kernel gives packets and connections from listed
networks to the stack and all others to the neighbour, which answers 403. Linux only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any, Final

from ivr.audiosocket.settings import LOOPBACK, Network
from ivr.sip import packet_filter

log = logging.getLogger(__name__)

_COPIED: Final = {"via": "Via", "v": "Via", "from": "From", "f": "From", "to": "To", "t": "To"} | {
    "call-id": "Call-ID",
    "i": "Call-ID",
    "cseq": "CSeq",
}
_READING_SECONDS = 5.0
_MOST_BYTES = 8192
_MOST_CONNECTIONS = 50
_MOST_SOURCES_TOLD = 100
"""Strangers named in the log, so that a scan from everywhere does not fill it."""


class NoDoorman(RuntimeError):
    """This system cannot sort by source, so calls from listed addresses only cannot be promised."""


def needed(host: str, allowed: Sequence[Network]) -> bool:
    """Whether strangers could reach `host` at all: not if it is a loopback address and all of loopback is listed."""
    local = next((network for network in LOOPBACK if _within(host, network)), None)
    return local is None or not any(
        local.version == network.version and local.subnet_of(network)  # type: ignore[arg-type]
        for network in allowed
    )


def refusal(request: bytes, source: tuple[str, int], tag: str) -> bytes | None:
    """403 to a SIP request; None for what takes no answer."""
    head = request.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")
    if not re.fullmatch(r"[A-Z]+ \S+ SIP/2\.0", head[0]) or head[0].startswith("ACK "):
        return None
    lines = []
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name.strip().lower() in _COPIED:
            lines.append(f"{_COPIED[name.strip().lower()]}: {value.strip()}")
    if {line.partition(":")[0] for line in lines} != set(_COPIED.values()):
        return None
    lines = [f"{line};tag={tag}" if line.startswith("To:") and ";tag=" not in line else line for line in lines]
    via = next(place for place, line in enumerate(lines) if line.startswith("Via:"))
    lines[via] = re.sub(r";rport(?!=)", f";rport={source[1]};received={source[0]}", lines[via], count=1)
    return "\r\n".join(["SIP/2.0 403 Forbidden", *lines, "Content-Length: 0", "", ""]).encode()


class Doorman:
    """Stands beside the stack's sockets from `guard` on until `leave`."""

    def __init__(self, allowed: Sequence[Network], refused: Callable[[], None] = lambda: None) -> None:
        """`refused` is told of each INVITE that gets 403, and of each connection that is cut off where TLS is spoken.

        Raises NoDoorman if there are more networks than the kernel's program may hold.
        """
        if len(allowed) > packet_filter.MOST_NETWORKS:
            raise NoDoorman(f"at most {packet_filter.MOST_NETWORKS} networks can be listed")
        self._allowed = tuple(allowed)
        self._refused = refused
        self._transports: list[asyncio.DatagramTransport] = []
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()
        self._tag = os.urandom(6).hex()

    async def guard(self, doors: Sequence[socket.socket], *, answers: bool = True) -> None:
        """The stack's sockets of one port, while they are shut. `answers`: whether strangers get 403; without, as where
        TLS is spoken, they are cut off.

        Raises NoDoorman if the stack has no such socket, or the kernel no such program.
        """
        if not doors:
            raise NoDoorman("the SIP stack does not listen where strangers are to be refused")
        try:
            neighbours = [self._sort(door) for door in doors]
        except OSError as error:
            raise NoDoorman(f"sources cannot be told apart: {error}") from error
        loop = asyncio.get_running_loop()
        take = self._accept if answers else self._cut_off
        for neighbour in neighbours:
            if neighbour.type == socket.SOCK_DGRAM:
                transport, _ = await loop.create_datagram_endpoint(lambda: _Refuser(self), sock=neighbour)
                self._transports.append(transport)
            else:
                self._servers.append(await asyncio.start_server(take, sock=neighbour, limit=_MOST_BYTES))

    async def leave(self) -> None:
        for transport in self._transports:
            transport.close()
        for server in self._servers:
            server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # transports close at the loop's next turn

    def answer(self, request: bytes, source: tuple[str, int]) -> bytes | None:
        """To a friend none: before the stack's door opens, the kernel may send theirs here, too."""
        if self._is_friend(source[0]):
            return None
        self._name(source[0])
        answer = refusal(request, source, self._tag)
        if answer is not None and request.startswith(b"INVITE "):
            self._refused()
        return answer

    def _is_friend(self, source: str) -> bool:
        address = ip_address(source.partition("%")[0])
        return any(address in network for network in self._allowed)

    def _name(self, source: str) -> None:
        """Once each in the log: somebody may have forgotten to list a PBX."""
        if source not in self._told and len(self._told) < _MOST_SOURCES_TOLD:
            self._told.add(source)
            log.warning("SIP from %s is refused: the address is not listed", source)

    def _sort(self, door: socket.socket) -> socket.socket:
        """The door's neighbour."""
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        neighbour = socket.socket(door.family, door.type)
        neighbour.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        neighbour.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        neighbour.setblocking(False)
        neighbour.bind(door.getsockname())
        if door.type == socket.SOCK_STREAM:
            neighbour.listen()
            packet_filter.choose(neighbour, self._allowed, listed=1, others=0)  # the door listens only once it is open
        else:
            packet_filter.choose(neighbour, self._allowed, listed=0, others=1)
        return neighbour

    def _cut_off(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = writer.get_extra_info("peername")[0]
        if not self._is_friend(source):
            self._name(source)
            self._refused()
        writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_friend(writer.get_extra_info("peername")[0]) or len(self._connections) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._refuse(reader, writer), name="refuse a connection")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = writer.get_extra_info("peername")[:2]
        try:
            async with asyncio.timeout(_READING_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                answer = self.answer(request, source)
                if answer is not None:
                    writer.write(answer)
                    await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError):
            self.answer(b"", source)
        finally:
            writer.close()


class _Refuser(asyncio.DatagramProtocol):
    def __init__(self, doorman: Doorman) -> None:
        self._doorman = doorman
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        answer = self._doorman.answer(data, addr[:2])
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def _within(host: str, network: Network) -> bool:
    try:
        return ip_address(host) in network
    except ValueError:
        return False
