"""Turns strangers away: the kernel sorts what arrives by its source, and the SIP stack never sees theirs.

The stack knows nothing of source addresses and can refuse with 486 only. So each of its listening sockets gets a
neighbour on the same port (SO_REUSEPORT), and a program in the kernel (classic BPF, which needs no privilege) gives
packets and connections from listed networks to the stack and all others to the neighbour, which answers 403. A filter
on the stack's own socket drops whatever should still come by. Linux only.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import re
import socket
import stat
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from ivr.audiosocket.settings import LOOPBACK, Network

log = logging.getLogger(__name__)

_SO_ATTACH_FILTER: Final = 26
_SO_ATTACH_REUSEPORT_CBPF: Final = 51
_LOAD_WORD, _LOAD_BYTE, _AND, _IF_EQUAL, _JUMP, _RETURN = 0x20, 0x30, 0x54, 0x15, 0x05, 0x06
_NETWORK_HEADER: Final = 0xFFF00000
"""SKF_NET_OFF: where the IP header begins, seen from a filter."""
_TO_STACK, _TO_DOORMAN = 0, 1
_WHOLE_PACKET, _NOTHING = 0xFFFF, 0
_MOST_NETWORKS: Final = 200
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

_Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand; as `struct sock_filter`."""


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


def program(networks: Sequence[Network], listed: int, others: int) -> list[_Instruction]:
    """A classic BPF program that returns `listed` for packets from the networks, and `others` for the rest."""
    version_4 = [rule for network in networks if network.version == 4 for rule in _rule(network, 12, listed)]
    version_6 = [rule for network in networks if network.version == 6 for rule in _rule(network, 8, listed)]
    return [
        (_LOAD_BYTE, 0, 0, _NETWORK_HEADER),
        (_AND, 0, 0, 0xF0),
        (_IF_EQUAL, 1, 0, 0x40),
        (_JUMP, 0, 0, len(version_4) + 1),
        *version_4,
        (_RETURN, 0, 0, others),
        *version_6,
        (_RETURN, 0, 0, others),
    ]


@dataclass(frozen=True)
class _Entry:
    """One of the stack's sockets, and its neighbour."""

    stack: socket.socket
    neighbour: socket.socket


class Doorman:
    """Stands beside the stack's sockets on `host` from `guard` on until `leave`."""

    def __init__(self, host: str, allowed: Sequence[Network]) -> None:
        """Raises NoDoorman if there are more networks than the kernel's program may hold."""
        if len(allowed) > _MOST_NETWORKS:
            raise NoDoorman(f"at most {_MOST_NETWORKS} networks can be listed")
        self._host = host
        self._allowed = tuple(allowed)
        self._entries: list[_Entry] = []
        self._transports: list[asyncio.DatagramTransport] = []
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()
        self._tag = os.urandom(6).hex()

    async def guard(self, port: int, kind: socket.SocketKind, *, answers: bool = True) -> None:
        """`answers`: whether strangers get 403; without, as where TLS is spoken, they are cut off.

        Raises NoDoorman if the stack has no such socket, or the kernel no such program.
        """
        try:
            entries = [self._sort(stack) for stack in _listening(self._host, port, kind)]
        except OSError as error:
            raise NoDoorman(f"sources cannot be told apart on port {port}: {error}") from error
        if not entries:
            raise NoDoorman(f"the SIP stack does not listen on {self._host}, port {port}")
        self._entries += entries
        loop = asyncio.get_running_loop()
        take = self._accept if answers else self._cut_off
        for entry in entries:
            if kind is socket.SOCK_DGRAM:
                transport, _ = await loop.create_datagram_endpoint(lambda: _Refuser(self), sock=entry.neighbour)
                self._transports.append(transport)
            else:
                self._servers.append(await asyncio.start_server(take, sock=entry.neighbour, limit=_MOST_BYTES))

    async def leave(self) -> None:
        for transport in self._transports:
            transport.close()
        for server in self._servers:
            server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # transports close at the loop's next turn
        for entry in self._entries:
            entry.stack.close()

    def answer(self, request: bytes, source: tuple[str, int]) -> bytes | None:
        """Told once of each stranger in the log, by address: somebody may have forgotten to list a PBX."""
        if source[0] not in self._told and len(self._told) < _MOST_SOURCES_TOLD:
            self._told.add(source[0])
            log.warning("SIP from %s is refused: the address is not listed", source[0])
        return refusal(request, source, self._tag)

    def _sort(self, stack: socket.socket) -> _Entry:
        try:
            _attach(stack, _SO_ATTACH_FILTER, program(self._allowed, _WHOLE_PACKET, _NOTHING))
        except PermissionError:
            # Some kernels keep this for CAP_NET_ADMIN where it is TCP: a second bolt; what sorts connections is below.
            if stack.type != socket.SOCK_STREAM:
                raise
        stack.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        neighbour = socket.socket(stack.family, stack.type)
        neighbour.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        neighbour.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        neighbour.setblocking(False)
        neighbour.bind(stack.getsockname())
        if stack.type == socket.SOCK_STREAM:
            neighbour.listen()
        _attach(stack, _SO_ATTACH_REUSEPORT_CBPF, program(self._allowed, _TO_STACK, _TO_DOORMAN))
        return _Entry(stack, neighbour)

    def _cut_off(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.answer(b"", writer.get_extra_info("peername")[:2])
        writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= _MOST_CONNECTIONS:
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


def _rule(network: Network, offset: int, listed: int) -> list[_Instruction]:
    """Compares the source address word by word; what does not match goes on behind the rule."""
    address, mask = network.network_address.packed, network.netmask.packed
    words = [
        (at, want, bits) for at, (want, bits) in enumerate(zip(_words(address), _words(mask), strict=True)) if bits
    ]
    rule: list[_Instruction] = []
    for place, (at, want, bits) in enumerate(words):
        behind = (len(words) - 1 - place) * 3 + 1
        rule += [
            (_LOAD_WORD, 0, 0, _NETWORK_HEADER + offset + 4 * at),
            (_AND, 0, 0, bits),
            (_IF_EQUAL, 0, behind, want),
        ]
    return [*rule, (_RETURN, 0, 0, listed)]


def _words(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"!{len(packed) // 4}I", packed)


def _attach(target: socket.socket, option: int, rules: Sequence[_Instruction]) -> None:
    packed = ctypes.create_string_buffer(b"".join(struct.pack("@HBBI", *rule) for rule in rules))
    target.setsockopt(socket.SOL_SOCKET, option, struct.pack("@HP", len(rules), ctypes.addressof(packed)))


def _listening(host: str, port: int, kind: socket.SocketKind) -> list[socket.socket]:
    """Second handles on the stack's sockets, found among all of this process's: one, or where `host` stands for every
    address, one for each.
    """
    listening = []
    for entry in Path("/proc/self/fd").iterdir():
        number = int(entry.name)
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            found = socket.socket(fileno=os.dup(number))
        except OSError:
            continue  # it was the handle on the folder itself, or is closed by now
        if _is(found, host, port, kind):
            listening.append(found)
        else:
            found.close()
    return listening


def _is(found: socket.socket, host: str, port: int, kind: socket.SocketKind) -> bool:
    if found.family not in (socket.AF_INET, socket.AF_INET6) or found.type != kind:
        return False
    if kind is socket.SOCK_STREAM and not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return False
    name, wanted = found.getsockname(), ip_address(host)
    return bool(name[1] == port and (wanted.is_unspecified or ip_address(name[0].partition("%")[0]) == wanted))
