"""How calls from Asterisk are taken: where, from whom, how many and how long."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

Network = IPv4Network | IPv6Network
LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True)
class AudioSocketSettings:
    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for all of IPv4."""
    port: int = 9092
    """0 takes a free one."""
    max_calls: int = 20
    """At once; further callers are passed on to a seat by the sample dialplan."""
    max_seconds: float = 1800
    """The longest call."""
    quiet_seconds: float = 30
    """How long Asterisk may send nothing."""
    country: str = "CN"
    """Completes numbers dialled at home."""
    allowed: tuple[Network, ...] = LOOPBACK
    """Where calls may come from. The protocol has no password."""
    hands_back: bool = True
    """The dialplan passes a caller on to a seat when we end with an error message, as the sample does."""

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if self.max_calls < 1:
            raise ValueError("AudioSocket needs a call it may take")
