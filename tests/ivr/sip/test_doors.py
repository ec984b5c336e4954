"""Nobody is answered by a stack that cannot take calls yet: it starts and dies under a hail of requests."""

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from itertools import count

import pytest

from ivr.audiosocket.settings import LOOPBACK, Network
from ivr.sip.doors import Doors, NoDoors
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import PATIENCE
from tests.ivr.desk import Desk
from tests.ivr.sip.phone import Habits, Phone, free_port
from tests.ivr.sip.wire import Datagrams

OPTIONS = (
    "OPTIONS sip:12345@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{wire} {host}:{port};branch=z9hG4bK{number};rport\r\n"
    "From: <sip:hail@{host}>;tag=1\r\nTo: <sip:12345@127.0.0.1>\r\nCall-ID: {host}{port}x{number}\r\n"
    "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)
FRIEND = "127.0.0.2"


class Hail:
    """Requests every millisecond or so by UDP and TCP, and the statuses that come back."""

    def __init__(self, port: int) -> None:
        self._far = ("127.0.0.1", port)
        self.statuses: Counter[str] = Counter()
        """By wire and status."""

    @classmethod
    @asynccontextmanager
    async def on(cls, port: int) -> AsyncIterator["Hail"]:
        hail = cls(port)
        falling = [asyncio.create_task(hail._by_udp()), *(asyncio.create_task(hail._by_tcp()) for _ in range(4))]
        try:
            yield hail
        finally:
            for task in falling:
                task.cancel()
            results = await asyncio.gather(*falling, return_exceptions=True)
            assert all(isinstance(result, asyncio.CancelledError) for result in results), results

    async def answered(self) -> None:
        """Something more, by both."""
        before = self.statuses.copy()
        await _until(lambda: all(self.statuses[name] > before[name] for name in ("UDP 200", "TCP 200")))

    async def _by_udp(self) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(lambda data, _: self._note("UDP", data)), (FRIEND, 0)
        )
        number = 0
        try:
            while True:
                number += 1
                transport.sendto(self._request("UDP", transport.get_extra_info("sockname"), number), self._far)
                await asyncio.sleep(0.001)
        finally:
            transport.close()

    async def _by_tcp(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection(*self._far, local_addr=(FRIEND, 0))
            except OSError:
                await asyncio.sleep(0.001)
                continue
            try:
                writer.write(self._request("TCP", writer.get_extra_info("sockname"), 1))
                self._note("TCP", await reader.readuntil(b"\r\n\r\n"))
                await asyncio.sleep(0.005)
            except (OSError, asyncio.IncompleteReadError):
                pass  # cut off
            finally:
                writer.transport.abort()

    def _request(self, wire: str, near: tuple[str, int], number: int) -> bytes:
        return OPTIONS.format(wire=wire, host=near[0], port=near[1], number=number).encode()

    def _note(self, wire: str, answer: bytes) -> None:
        self.statuses[f"{wire} {answer.split()[1].decode()}"] += 1


@asynccontextmanager
async def _ringing(port: int, seconds: float) -> AsyncIterator[None]:
    """Callers one after the other who do not give up, for the length of a block; at its end all were answered."""
    calls: list[asyncio.Task[Phone]] = []

    async def ring() -> None:
        for number in count():
            caller = f"+86139{number:08}"
            calls.append(asyncio.create_task(Phone.dial(port, caller, habits=Habits(host=FRIEND, insists=True))))
            await asyncio.sleep(seconds)

    ringing = asyncio.create_task(ring())
    try:
        yield
    finally:
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)
        results = await asyncio.gather(*calls, return_exceptions=True)
        for result in results:
            if isinstance(result, Phone):
                await result.close()
    assert len(results) > 1
    assert [result for result in results if not isinstance(result, Phone)] == []


@pytest.mark.parametrize("allowed", [LOOPBACK, (ip_network(f"{FRIEND}/32"),)], ids=["no doorman", "doorman"])
async def test_nobody_gets_a_404_from_a_worker_that_starts_or_starts_anew(allowed: tuple[Network, ...]) -> None:
    desk, port = Desk(), free_port()
    running = SipWorkers(SipSettings(port=port, max_calls=200, allowed=allowed), desk)
    async with Hail.on(port) as hail:
        try:
            async with _ringing(port, 0.05):
                await running.start()
                await hail.answered()
            for _ in range(2):
                os.kill(running.pids[0], signal.SIGKILL)
                await _until(lambda: not running.up)
                async with _ringing(port, 0.05):
                    await _until(lambda: running.up > 0)
                    await hail.answered()
        finally:
            desk.release()
            await running.stop()
        assert set(hail.statuses) == {"UDP 200", "TCP 200"}


async def _until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110 - a process does it
            await asyncio.sleep(0.01)


@pytest.fixture
def udp() -> socket.socket:
    found = socket.socket(type=socket.SOCK_DGRAM)
    found.bind(("127.0.0.1", 0))
    found.setblocking(False)
    return found


def test_a_shut_door_forgets_what_came_and_takes_in_nothing(udp: socket.socket) -> None:
    doors = Doors("127.0.0.1", [(udp.getsockname()[1], socket.SOCK_DGRAM)])
    with udp, socket.socket(type=socket.SOCK_DGRAM) as caller:
        caller.connect(udp.getsockname())
        caller.send(b"early")
        doors.shut()
        caller.send(b"still early")
        doors.open(None)
        caller.send(b"in time")
        assert udp.recv(99) == b"in time"
        with pytest.raises(BlockingIOError):
            udp.recv(99)
        doors.close()


def test_connections_that_came_early_are_cut_off() -> None:
    with socket.socket() as stack, socket.socket() as early, socket.socket() as late:
        stack.bind(("127.0.0.1", free_port()))
        stack.listen()
        stack.setblocking(False)
        doors = Doors("127.0.0.1", [(stack.getsockname()[1], socket.SOCK_STREAM)])
        early.connect(place := stack.getsockname())
        doors.shut()
        with pytest.raises(ConnectionResetError):
            early.recv(1)
        with pytest.raises(ConnectionRefusedError):
            late.connect(place)
        doors.open(None)
        assert stack.getsockname() == place
        with socket.create_connection(place) as caller:
            caller.sendall(b"in time")
            taken, _ = stack.accept()
            with taken:
                assert taken.recv(99) == b"in time"
        doors.close()


def test_each_socket_is_found_once_though_two_numbers_stand_for_it(udp: socket.socket) -> None:
    place = (udp.getsockname()[1], socket.SOCK_DGRAM)
    with udp, udp.dup():
        doors = Doors("0.0.0.0", [place])
        doors.shut()
        assert len(doors.at(place)) == 1
        doors.close()


def test_doors_that_were_never_shut_do_not_open() -> None:
    with pytest.raises(NoDoors):
        Doors("127.0.0.1", []).open(None)
