"""Where a request comes from, past trusted proxies and whatever strangers write into its headers."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from backend.contract.client_address import LOOPBACK, Networks, asking_address, asking_from, client_address, group

PROXIES: Networks = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def asked(remote: str | None, *forwarded: str, trusted: Networks = PROXIES) -> str:
    transport = Mock()
    transport.get_extra_info.side_effect = lambda name, default=None: (
        (remote, 1234) if name == "peername" and remote is not None else default
    )
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    return client_address(make_mocked_request("GET", "/", headers=headers, transport=transport), trusted)


def test_a_stranger_cannot_choose_an_address() -> None:
    assert asked("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert asked("127.0.0.1", "198.51.100.1") == "127.0.0.1"  # loopback is no proxy where others are named
    assert asked("10.0.0.5", "198.51.100.1", trusted=()) == "10.0.0.5"


def test_a_proxy_on_this_machine_is_trusted_unless_others_are_named() -> None:
    assert asked("127.0.0.1", "198.51.100.1", trusted=LOOPBACK) == "198.51.100.1"
    assert asked("::1", "198.51.100.1", trusted=LOOPBACK) == "198.51.100.1"
    assert asked("", "198.51.100.1", trusted=LOOPBACK) == "198.51.100.1"  # a UNIX socket
    assert asked("", trusted=LOOPBACK) == ""


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["198.51.100.1"], "198.51.100.1"),
        (["6.6.6.6, 198.51.100.1"], "198.51.100.1"),  # what the client sent itself stands left
        (["6.6.6.6, 198.51.100.1, 10.1.1.1"], "198.51.100.1"),
        (["6.6.6.6", "198.51.100.1", "10.1.1.1"], "198.51.100.1"),  # one list over several lines
        (["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
        (["198.51.100.1:4711"], "198.51.100.1"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["fe80::1%eth0"], "fe80::1"),
        (["::ffff:198.51.100.1"], "198.51.100.1"),
        (["198.51.100.1, ::ffff:10.1.1.1"], "198.51.100.1"),
        (["198.51.100.1, fd00::5"], "198.51.100.1"),
        (["6.6.6.6, unknown"], "10.0.0.5"),  # garbage: nothing left of it is believed
        (["6.6.6.6, _hidden, 10.1.1.1"], "10.1.1.1"),
        (["6.6.6.6, "], "10.0.0.5"),
        ([""], "10.0.0.5"),
        (["', drop"], "10.0.0.5"),
        ([], "10.0.0.5"),
        (["6.6.6.6," + "10.1.1.1," * 50_000 + "10.2.2.2"], "10.1.1.1"),
    ],
)
def test_the_list_is_read_from_the_right(forwarded: Sequence[str], address: str) -> None:
    assert asked("10.0.0.5", *forwarded) == address


def test_a_mapped_peer_is_the_ipv4_proxy_it_is() -> None:
    assert asked("::ffff:10.0.0.5", "198.51.100.1") == "198.51.100.1"


def test_limits_count_ipv6_by_the_customers_network() -> None:
    assert group("2001:db8:1:2:3::4") == group("2001:db8:1:2:ffff::1") != group("2001:db8:1:3::1")
    assert group("198.51.100.1") == group("::ffff:198.51.100.1") == "198.51.100.1"
    assert group("198.51.100.1") != group("198.51.100.2")
    assert group("phone:+8613800138000") == "phone:+8613800138000"


def test_who_asks_is_known_within_the_block_alone() -> None:
    with asking_from("198.51.100.1"):
        assert asking_address() == "198.51.100.1"
    assert asking_address() == ""
