"""Strangers get 403 and the stack never sees them, by where packets come from; friends get through."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from itertools import count

import pytest

from ivr.audiosocket.settings import LOOPBACK, Network
from ivr.sip.doorman import Doorman, NoDoorman, needed, refusal
from ivr.sip.doors import Doors
from tests.ivr.contract import CALLER, PATIENCE
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import dialled, workers
from tests.ivr.sip.phone import Habits, Phone, free_port, header
from tests.ivr.sip.wire import TcpWire, UdpWire

FRIEND, STRANGER = "127.0.0.2", "127.0.0.3"
LISTED = (ip_network(f"{FRIEND}/32"),)
REQUEST = (
    "INVITE sip:12345@city SIP/2.0\r\nv: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1;rport\r\nVia: SIP/2.0/UDP two\r\n"
    "f: <sip:a@b>;tag=1\r\nt: <sip:12345@city>\r\ni: 99\r\nCSeq: 7 INVITE\r\nContent-Length: 2\r\n\r\nv="
)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_strangers_are_refused_and_friends_are_not(transport: str) -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port, allowed=LISTED):
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError) as refused:
                await Phone.dial(port, CALLER, habits=Habits(host=STRANGER, transport=transport))
            assert refused.value.args == (403,)
        assert not desk.calls
        async with dialled(port, Habits(host=FRIEND, transport=transport)) as phone:
            call = await desk.call()
            await call.hangup()
            await phone.hung_up_on()


def _own_address() -> str:
    """One of this machine's that is not its loopback."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        try:
            udp.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no other address than its loopback")
        return str(udp.getsockname()[0])


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_where_all_addresses_are_listened_on_each_has_its_doorman(transport: str) -> None:
    address, desk, port = _own_address(), Desk(), free_port()
    habits = Habits(host=address, far=address, transport=transport)
    async with workers(desk, port, host="0.0.0.0", allowed=LISTED):
        with pytest.raises(ConnectionRefusedError) as refused:
            await Phone.dial(port, CALLER, habits=habits)
        assert refused.value.args == (403,)
    async with workers(desk, port, host="0.0.0.0", allowed=(ip_network(address),)), dialled(port, habits) as phone:
        await desk.call()
        assert f"c=IN IP4 {address}" in phone.sdp


async def test_an_address_in_the_message_is_not_believed() -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port, allowed=LISTED):
        phone = Phone(Habits(host=STRANGER))
        await phone.open(port, CALLER, "12345")
        phone._from = f"<sip:{CALLER}@{FRIEND}>;tag=1"
        with pytest.raises(ConnectionRefusedError):
            await phone.invite(address=FRIEND)
        await phone.close()
        assert not desk.calls


async def test_a_stranger_is_named_once_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    async with workers(Desk(), port, allowed=LISTED):
        for _ in range(3):
            with pytest.raises(ConnectionRefusedError):
                await Phone.dial(port, CALLER, habits=Habits(host=STRANGER))
    told = capfd.readouterr().err
    assert told.count(f"SIP from {STRANGER} is refused") == 1
    assert CALLER.lstrip("+") not in told


async def test_strangers_who_say_nothing_or_nonsense_harm_nobody() -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port, allowed=LISTED):
        lines = [await asyncio.open_connection("127.0.0.1", port, local_addr=(STRANGER, 0)) for _ in range(60)]
        try:
            for _, writer in lines[:30]:
                writer.write(b"\0" * 20000)
            async with dialled(port, Habits(host=FRIEND, transport="tcp")), dialled(port, Habits(host=FRIEND)):
                await desk.call()
                await desk.call()
        finally:
            for _, writer in lines:
                writer.transport.abort()
            await asyncio.gather(*(writer.wait_closed() for _, writer in lines), return_exceptions=True)


@asynccontextmanager
async def _guarded(
    host: str, kind: socket.SocketKind, allowed: tuple[Network, ...], refused: Callable[[], None] = lambda: None
) -> AsyncIterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as stack:
        stack.bind((host, free_port(host)))
        if kind is socket.SOCK_STREAM:
            stack.listen()
        stack.setblocking(False)
        place = (stack.getsockname()[1], kind)
        doors, doorman = Doors(host, [place]), Doorman(allowed, refused)
        doors.shut()
        await doorman.guard(doors.at(place))
        doors.open(allowed)
        yield stack
        await doorman.leave()
        doors.close()


@pytest.mark.parametrize(
    ("networks", "source", "through"),
    [
        (("127.0.0.0/30",), "127.0.0.3", True),
        (("127.0.0.0/30",), "127.0.0.4", False),
        (("10.0.0.0/8", "192.168.0.0/16", "127.1.2.3/32"), "127.1.2.3", True),
        (("::1/128", "10.0.0.0/8"), "127.0.0.1", False),
        (("0.0.0.0/0",), "127.9.9.9", True),
        ((), "127.0.0.1", False),
        (("::1/128",), "::1", True),
        (("2001:db8::/32", "127.0.0.1/32"), "::1", False),
        (("2001:db8::/33", "::/64"), "::1", True),
        (("::2/128",), "::1", False),
    ],
)
async def test_the_kernel_sorts_by_network(networks: tuple[str, ...], source: str, through: bool) -> None:
    host = "::1" if ":" in source else "127.0.0.1"
    allowed = tuple(ip_network(network) for network in networks)
    loop = asyncio.get_running_loop()
    async with _guarded(host, socket.SOCK_DGRAM, allowed) as stack:
        with socket.socket(stack.family, socket.SOCK_DGRAM) as caller:
            caller.setblocking(False)
            caller.bind((source, 0))
            for number in count():
                caller.sendto(REQUEST.encode(), stack.getsockname()[:2])
                if number == 8:
                    break
            if through:
                assert len([await loop.sock_recv(stack, 9999) for _ in range(9)]) == 9
            else:
                async with asyncio.timeout(PATIENCE):
                    answers = [await loop.sock_recv(caller, 9999) for _ in range(9)]
                assert all(answer.startswith(b"SIP/2.0 403 ") for answer in answers)
                with pytest.raises(BlockingIOError):
                    stack.recv(1)


async def test_once_the_doorman_has_left_strangers_are_still_kept_out() -> None:
    """By the filter of the door itself, which is for UDP only."""
    with socket.socket(type=socket.SOCK_DGRAM) as stack:
        stack.bind(("127.0.0.1", free_port()))
        stack.setblocking(False)
        place = (stack.getsockname()[1], socket.SOCK_DGRAM)
        doors, doorman = Doors("127.0.0.1", [place]), Doorman(LISTED)
        doors.shut()
        await doorman.guard(doors.at(place))
        doors.open(LISTED)
        doors.close()
        await doorman.leave()
        for source in (STRANGER, FRIEND):
            with socket.socket(type=socket.SOCK_DGRAM) as caller:
                caller.bind((source, 0))
                caller.sendto(source.encode(), stack.getsockname())
        assert stack.recv(99).decode() == FRIEND
        with pytest.raises(BlockingIOError):
            stack.recv(1)


async def test_a_door_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NoDoorman):
        await Doorman(LISTED).guard(Doors("127.0.0.1", []).at((free_port(), socket.SOCK_DGRAM)))


@pytest.mark.parametrize(("host", "source"), [("127.0.0.1", "127.9.9.9"), ("::1", "::1")])
async def test_the_kernel_sorts_connections_too(host: str, source: str) -> None:
    for allowed, through in (((ip_network(source),), True), ((ip_network("192.0.2.1"),), False)):
        refused: list[None] = []
        async with _guarded(host, socket.SOCK_STREAM, allowed, lambda: refused.append(None)) as stack:  # noqa: B023
            for _ in range(5):
                reader, writer = await asyncio.open_connection(*stack.getsockname()[:2], local_addr=(source, 0))
                writer.write(REQUEST.encode())
                if through:
                    stack.accept()[0].close()
                else:
                    async with asyncio.timeout(PATIENCE):
                        assert (await reader.read()).startswith(b"SIP/2.0 403 ")
                writer.transport.abort()
                await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            with pytest.raises(BlockingIOError):
                stack.accept()
        assert len(refused) == (0 if through else 5)


async def test_a_friend_who_comes_before_the_door_opens_is_not_told_off() -> None:
    refused: list[None] = []
    doorman = Doorman(LISTED, lambda: refused.append(None))
    assert doorman.answer(REQUEST.encode(), (FRIEND, 5060)) is None
    assert not refused
    assert doorman.answer(REQUEST.encode(), (STRANGER, 5060)) is not None
    assert doorman.answer(REQUEST.replace("INVITE", "OPTIONS").encode(), (STRANGER, 5060)) is not None
    assert len(refused) == 1  # only calls count


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_while_a_door_is_shut_friends_hear_nothing_and_strangers_their_403(transport: str) -> None:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(type=kind) as stack:
        stack.bind(("127.0.0.1", free_port()))
        if transport == "tcp":
            stack.listen()
        stack.setblocking(False)
        place = (stack.getsockname()[1], kind)
        doors, doorman = Doors("127.0.0.1", [place]), Doorman(LISTED)
        doors.shut()
        await doorman.guard(doors.at(place))
        for source in (STRANGER, FRIEND) * 4:
            wire, answers = await _asked(transport, source, place[0])
            if source == STRANGER:
                async with asyncio.timeout(PATIENCE):
                    assert (await answers.get()).startswith(b"SIP/2.0 403 ")
            else:
                await asyncio.sleep(0.05)
                assert answers.empty()
            await wire.close()
        await doorman.leave()
        doors.close()


async def _asked(transport: str, source: str, port: int) -> tuple[UdpWire | TcpWire, asyncio.Queue[bytes]]:
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    far = ("127.0.0.1", port)

    def take(data: bytes, _: tuple[str, int]) -> None:
        answers.put_nowait(data)

    wire = await UdpWire.open(source, take) if transport == "udp" else await TcpWire.open(source, far, take)
    wire.send(REQUEST.replace("Content-Length: 2\r\n\r\nv=", "Content-Length: 0\r\n\r\n").encode(), far)
    return wire, answers


def test_what_the_refusal_says() -> None:
    answer = refusal(REQUEST.encode(), ("10.1.1.1", 5070), "tag1")
    assert answer is not None
    lines = answer.decode().split("\r\n")
    assert lines[0] == "SIP/2.0 403 Forbidden"
    assert lines[1] == "Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1;rport=5070;received=10.1.1.1"
    assert lines[2] == "Via: SIP/2.0/UDP two"
    assert header(answer.decode(), "To") == "<sip:12345@city>;tag=tag1"
    assert header(answer.decode(), "Call-ID") == "99"
    assert len(answer) < len(REQUEST) + 60


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\r\n\r\n",
        b"\xff\xfe" * 40,
        b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n",
        REQUEST.replace("INVITE", "ACK").encode(),
        REQUEST.replace("CSeq", "X").encode(),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_gets_no_answer(message: bytes) -> None:
    assert refusal(message, ("10.1.1.1", 5070), "tag1") is None


@pytest.mark.parametrize(
    ("host", "allowed", "expected"),
    [
        ("127.0.0.1", LOOPBACK, False),
        ("::1", LOOPBACK, False),
        ("127.0.0.1", LISTED, True),
        ("127.0.0.1", (ip_network("0.0.0.0/0"),), False),
        ("0.0.0.0", LOOPBACK, True),
        ("192.0.2.1", (ip_network("0.0.0.0/0"),), True),
        ("localhost", LOOPBACK, True),
    ],
)
def test_where_a_doorman_is_needed(host: str, allowed: tuple[Network, ...], expected: bool) -> None:
    assert needed(host, allowed) is expected
