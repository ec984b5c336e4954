"""How calls by SIP are taken and made: where, from whom, by which trunk, how many and how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

from backend.contract.faults import Refused
from backend.contract.message import Message
from ivr.audiosocket.settings import LOOPBACK, Network

Transport = Literal["udp", "tcp", "tls"]
_UNQUOTABLE: Final = frozenset('"\\\r\n')
_NO_ADDRESS: Final = frozenset('@;<>"? \r\n')


class Srtp(StrEnum):
    """Whether speech is encrypted (SRTP, keys by SDES, RFC 4568: only as secret as the signalling, so use TLS)."""

    OFF = "off"
    OPTIONAL = "optional"
    """Where the other end wants it too."""
    REQUIRED = "required"
    """Calls without it are refused with 488."""


class NumberForm(StrEnum):
    """How a trunk wants numbers dialled."""

    E164 = "e164"
    """+8613912345678"""
    NATIONAL = "national"
    """13912345678, 01062345678 at home; 00 and the country code abroad."""


@dataclass(frozen=True)
class Tls:
    """TLS for SIP, on the port after the worker's."""

    certificate: Path
    """PEM, the chain included."""
    key: Path
    """PEM, without a passphrase."""
    ca: Path | None = None
    """PEM of those who may have signed the other end's certificate; None trusts the system's."""
    verify: bool = True
    """Whether servers that we connect to must show a certificate for their name."""
    verify_clients: bool = False
    """Whether those who connect to us must show one too."""


@dataclass(frozen=True)
class Trunk:
    """The PBX or provider that calls go out by, and that we register at."""

    domain: str
    """Its host, with a port where it is not the usual one: registrar, and the domain of numbers dialled."""
    user: str = ""
    """The name or number registered and authenticated; empty at a trunk that knows us by our address."""
    password: str = field(default="", repr=False)
    auth_user: str = ""
    """Digest user name where it is not `user`."""
    proxy: str = ""
    """Outbound proxy, host or host:port, where it is not the domain's own."""
    transport: Transport = "udp"
    expiry: int = 0
    """Seconds a registration is asked to last, renewed in time; 0 does not register."""
    every_worker: bool = False
    """Whether each worker registers. Only for registrars that try contacts one after the other: those that ring all
    at once would have every worker answer; else the first worker alone registers."""
    shown: str = ""
    """The number to show to those we call, where it is not `user`; the trunk may insist on its own."""
    numbers: NumberForm = NumberForm.E164

    def __post_init__(self) -> None:
        """Raises ValueError, as Refused where an operator can be to blame; it never holds the password."""
        if not self.domain:
            raise ValueError("a trunk needs a domain")
        if self.expiry and not self.user:
            raise ValueError("registering needs a user")
        for name in ("domain", "user", "auth_user", "proxy", "shown"):
            if _NO_ADDRESS & set(getattr(self, name)):
                raise Refused(Message("sip.odd_character"), place=(name,))
        if _UNQUOTABLE & set(self.password):
            raise Refused(Message("sip.odd_password"), place=("password",))


@dataclass(frozen=True)
class SipSettings:
    """`workers` processes; the n-th listens on `port` + 2n (n from 0), and for TLS on the port after that."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for all of IPv4."""
    port: int = 5060
    workers: int = 1
    max_calls: int = 20
    """At once and in each worker, both ways; further callers get 486."""
    max_seconds: float = 1800
    """The longest call."""
    rtp_timeout: int = 30
    """Seconds without audio after which a call is dead; not counted while the other end holds us."""
    rtp_ports: tuple[int, int] = (16384, 17383)
    """First and last UDP port for audio, shared by the workers; a call takes two."""
    country: str = "CN"
    """Completes numbers dialled at home."""
    allowed: tuple[Network, ...] = LOOPBACK
    """Where calls may come from; the trunk's own addresses are always added. All others get 403."""
    transports: tuple[Transport, ...] = ("udp", "tcp")
    tls: Tls | None = None
    """Needed for the transport `tls`."""
    srtp: Srtp = Srtp.OFF
    trunk: Trunk | None = None
    ring_seconds: float = 45
    """How long a call out may ring."""
    transfer_seconds: float = 40
    """How long a transfer may take to be answered."""

    def __post_init__(self) -> None:
        """Raises ValueError, as Refused where an operator can be to blame."""
        if not self.transports:
            raise ValueError("SIP needs a transport")
        uses_tls = "tls" in self.transports or (self.trunk is not None and self.trunk.transport == "tls")
        if uses_tls and self.tls is None:
            raise ValueError("SIP over TLS needs a certificate and its key")
        if self.workers < 1 or self.max_calls < 1:
            raise ValueError("SIP needs a worker and a call it may take")
        first, last = self.rtp_ports
        if not 1024 <= first < last <= 65535:
            raise ValueError("the RTP port range must lie within 1024 to 65535")
        needed = 2 * self.max_calls * self.workers
        if last - first + 1 < needed:
            told = {"given": last - first + 1, "needed": needed, "workers": self.workers, "calls": self.max_calls}
            raise Refused(Message("sip.few_ports", told), place=("rtp_ports",))

    @property
    def ports(self) -> list[int]:
        """The workers' ports for UDP and TCP."""
        return [self.port + 2 * number for number in range(self.workers)]
