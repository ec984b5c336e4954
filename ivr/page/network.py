"""Where the audio of browsers comes in: addresses, ports, and the address they are told."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from ipaddress import ip_address

from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.ice import Connection, StunProtocol, get_host_addresses
from aiortc import RTCIceGatherer

_LOOPBACK = ("127.0.0.1",)


class NoPort(OSError):
    """No port of the range is free on any of the addresses."""


@dataclass(frozen=True)
class Network:
    """A call uses one UDP port on each address. There is no STUN and no TURN: browsers must reach us directly."""

    addresses: tuple[str, ...] = ()
    """Of this machine; none: all it has, loopback only if there is no other."""
    ports: range | None = None
    """None: the system chooses."""
    announced: str = ""
    """What browsers are told instead, where a gateway or container host passes the same ports on to us."""

    def use_for(self, gatherer: RTCIceGatherer) -> None:
        """Make a connection open its sockets here; call it before the connection gathers its candidates."""
        connection = gatherer._connection

        async def candidates(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:  # noqa: ARG001
            found = [await self._open(connection, component, address) for address in self._own()]
            opened = [candidate for candidate in found if candidate is not None]
            if not opened:
                raise NoPort("no free UDP port for a call")
            return opened

        # aioice itself takes any port of any address; this method is where it does so.
        connection.get_component_candidates = candidates  # type: ignore[method-assign]

    def _own(self) -> tuple[str, ...]:
        return self.addresses or tuple(get_host_addresses(use_ipv4=True, use_ipv6=True)) or _LOOPBACK

    async def _open(self, connection: Connection, component: int, address: str) -> Candidate | None:
        # Beginning anywhere, or the ports of the last calls would be tried first.
        ports = [0] if self.ports is None else random.sample(self.ports, len(self.ports))
        for port in ports:
            try:
                _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: StunProtocol(connection), local_addr=(address, port)
                )
            except OSError:
                continue
            connection._protocols.append(protocol)
            protocol.local_candidate = self._candidate(component, protocol)
            return protocol.local_candidate
        return None

    def _candidate(self, component: int, protocol: StunProtocol) -> Candidate:
        host, port = protocol.transport.get_extra_info("sockname")[:2]
        if self.announced and ip_address(self.announced).version == ip_address(host).version:
            host = self.announced
        return Candidate(
            foundation=candidate_foundation("host", "udp", host),
            component=component,
            transport="udp",
            priority=candidate_priority(component, "host"),
            host=host,
            port=port,
            type="host",
        )
