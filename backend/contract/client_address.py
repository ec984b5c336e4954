"""Where a request comes from: the address of the browser or program, past the proxies that we trust."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from aiohttp import web

Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]

LOOPBACK: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""A proxy on the same machine, whom alone we believe unless the settings name others."""
ADDRESS_HEADER = "Jiesu-Address"
"""Where the person is whom a program acts for, as that program knows it; believed of programs with a token alone."""
MOST_HOPS = 20
"""Entries of X-Forwarded-For that are read; a longer chain is nobody's real one."""

_asking: ContextVar[str] = ContextVar("asking_address", default="")


def client_address(request: web.BaseRequest, trusted: Networks) -> str:
    """The client's address, IPv4 or IPv6 without port; empty when nobody who is trusted names one.

    X-Forwarded-For is read from the right, and only as long as it was a trusted proxy that wrote the entry: what
    stands further left anybody may have sent. An entry that is no address ends the reading at the proxy that passed
    it on. A peer without address, on a UNIX socket, is a proxy of this machine.
    """
    here = _read(request.remote or "")
    if here is not None and not _within(here, trusted):
        return str(here)
    hops = _hops(request.headers.getall("X-Forwarded-For", [])) if trusted else iter(())
    for hop in hops:
        named = _read(hop)
        if named is None:
            break
        here = named
        if not _within(here, trusted):
            break
    return str(here) if here is not None else ""


def group(address: str) -> str:
    """What counts as one in limits: an IPv4 address, or the /64 that an IPv6 customer has whole; others as given."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found is not None else address


def networks(address: str) -> tuple[str, ...]:
    """The networks an address lies in that one customer may have whole: a /24 and /16 of IPv4, a /48 and /32 of IPv6.

    None for what is no internet address. Larger ones are let to many customers: a /32 is what a provider is given.
    """
    found = _read(address.partition("/")[0])
    if found is None:
        return ()
    sizes = (48, 32) if isinstance(found, IPv6Address) else (24, 16)
    return tuple(str(ip_network((found, size), strict=False)) for size in sizes)


def is_outside(address: str) -> bool:
    """Whether it is an internet address, and not this machine's own: behind that one nobody can be told apart."""
    found = _read(address)
    return found is not None and not found.is_loopback


@contextlib.contextmanager
def asking_from(address: str) -> Iterator[None]:
    """What is asked of the backend within the block, in this task and those it starts, is asked from there."""
    before = _asking.set(address)
    try:
        yield
    finally:
        _asking.reset(before)


def asking_address() -> str:
    """The address that the present event came from; empty where its channel knows none."""
    return _asking.get()


def _hops(headers: list[str]) -> Iterator[str]:
    """The entries from right to left; several header lines are one list (RFC 9110, 5.3)."""
    parts = ",".join(headers).rsplit(",", MOST_HOPS)
    return (part.strip() for part in reversed(parts[-MOST_HOPS:]))


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address, perhaps with a port (`1.2.3.4:56`, `[::1]:56`); IPv4 inside IPv6 is IPv4."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def _within(address: IPv4Address | IPv6Address, networks: Networks) -> bool:
    return any(address in network for network in networks)
