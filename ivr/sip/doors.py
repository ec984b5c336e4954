"""The sockets on which the SIP stack listens, shut from before it first reads from them until calls can be taken.

The stack listens from its start on, and answers 404 until it has agents. Shut, a UDP socket drops what comes, so that
callers ask again (after half a second, RFC 3261 17.1.1.2), and a TCP socket refuses connections, as if nobody listened.
Linux only; elsewhere the doors always stand open.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from ipaddress import ip_address
from pathlib import Path

from baresip import Runtime

from ivr.audiosocket.settings import Network
from ivr.sip import packet_filter

Place = tuple[int, socket.SocketKind]
"""A port, and SOCK_DGRAM or SOCK_STREAM."""


class NoDoors(RuntimeError):
    """The stack has read from its sockets before they could be shut, or they cannot be opened."""


def held_runtime(bound: Callable[[], None]) -> Runtime:
    """A runtime that calls `bound`, on the stack's thread, when the sockets are bound and nothing was read from them.

    The library has no hook for that moment; it sets an event then, and this listens in. If that ever changes, doors
    that were never shut refuse to open, and no worker starts.
    """
    runtime = Runtime()
    runtime._ready = _Announced(bound)  # noqa: SLF001 - as told above
    return runtime


class Doors:
    """Second handles on the sockets that listen at `places` of `host`, one for each address if that stands for all."""

    def __init__(self, host: str, places: Collection[Place]) -> None:
        self._host = host
        self._places = frozenset(places)
        self._sockets: dict[int, socket.socket] = {}
        self._shut = False

    def shut(self) -> None:
        """Once, before the stack reads: what has come already is forgotten. Raises OSError."""
        self._shut = True
        if sys.platform != "linux":
            return
        self._sockets = _listening(self._host, self._places)
        for door in self._sockets.values():
            if door.type == socket.SOCK_DGRAM:
                packet_filter.drop_all(door)
                _empty(door)
            else:
                # It keeps a port that was asked for by number, and connections half made are gone, too. The stack is
                # woken for it until it listens again: a core's work, for the 3 to 8 ms that making the agents takes.
                door.shutdown(socket.SHUT_RDWR)

    def at(self, place: Place) -> list[socket.socket]:
        return [door for door in self._sockets.values() if (door.getsockname()[1], door.type) == place]

    def open(self, friends: Sequence[Network] | None) -> None:
        """For friends only, or None for everybody. By TCP strangers are kept out by the doorman alone.

        Raises NoDoors.
        """
        if not self._shut:
            raise NoDoors("the SIP stack took calls before it could answer them: is this another version of it?")
        try:
            self._open(friends)
        except OSError as error:
            raise NoDoors(f"the SIP stack cannot listen: {error}") from error

    def close(self) -> None:
        """Let go of the handles."""
        for door in self._sockets.values():
            door.close()
        self._sockets.clear()

    def _open(self, friends: Sequence[Network] | None) -> None:
        for door in self._sockets.values():
            if door.type == socket.SOCK_STREAM:
                door.listen()
            elif friends is None:
                packet_filter.drop_none(door)
            else:
                packet_filter.drop_others(door, friends)


class _Announced(threading.Event):
    def __init__(self, before: Callable[[], None]) -> None:
        super().__init__()
        self._before = before

    def set(self) -> None:
        self._before()
        super().set()


def _empty(udp: socket.socket) -> None:
    try:
        while True:
            udp.recv(1, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return


def _listening(host: str, places: Collection[Place]) -> dict[int, socket.socket]:
    """By inode, for two numbers may stand for one socket, as those do that are made here."""
    found: dict[int, socket.socket] = {}
    for entry in Path("/proc/self/fd").iterdir():
        number = int(entry.name)
        try:
            known = os.fstat(number)
            if not stat.S_ISSOCK(known.st_mode) or known.st_ino in found:
                continue
            handle = socket.socket(fileno=os.dup(number))
        except OSError:
            continue  # it was the handle on the folder itself, or is closed by now
        if _is(handle, host, places):
            found[known.st_ino] = handle
        else:
            handle.close()
    return found


def _is(handle: socket.socket, host: str, places: Collection[Place]) -> bool:
    if handle.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    if handle.type == socket.SOCK_STREAM and not handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return False
    name, wanted = handle.getsockname(), ip_address(host)
    at_host = wanted.is_unspecified or ip_address(name[0].partition("%")[0]) == wanted
    return at_host and (name[1], handle.type) in places
