"""Where calls come in: the ports and addresses of the settings, and what browsers are told."""

import re
import socket

import pytest

from ivr.page.network import Network
from tests.ivr.page.conftest import Office


def candidates(answer: str) -> set[tuple[str, int]]:
    found = re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", answer)
    return {(host, int(port)) for host, port in found}


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_calls_come_in_at_the_ports_of_the_range(office: Office) -> None:
    port = free_port()
    await office.open(network=Network(("127.0.0.1",), range(port, port + 1)))
    peer = office.peer()
    await peer.call()
    assert candidates(peer.connection.remoteDescription.sdp) == {("127.0.0.1", port)}
    await office.called()


async def test_without_a_free_port_a_caller_is_told_to_wait(office: Office) -> None:
    port = free_port()
    await office.open(network=Network(("127.0.0.1",), range(port, port + 1)))
    first = office.peer()
    await first.call()
    assert await office.peer().refused() == (503, "unavailable")
    await first.hang_up()
    await office.quiet()
    await first.hung_up_on()
    await office.peer().call()


async def test_another_address_is_announced(office: Office) -> None:
    await office.open(network=Network(("127.0.0.1", "::1"), announced="203.0.113.7"))
    peer = office.peer()
    assert {host for host, _ in candidates(await peer.answered())} == {"203.0.113.7", "::1"}


async def test_by_itself_it_is_at_every_address_of_the_machine(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.open()
    hosts = {host for host, _ in candidates(await office.peer().answered())}
    assert hosts
    assert not {host for host in hosts if host.startswith("127.")}
    monkeypatch.setattr("ivr.page.network.get_host_addresses", lambda **_: [])
    assert {host for host, _ in candidates(await office.peer().answered())} == {"127.0.0.1"}
