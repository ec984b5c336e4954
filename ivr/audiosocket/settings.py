"""How calls from Asterisk's AudioSocket are taken: where, from whom, how many and how long."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network


@dataclass(frozen=True)
class AudioSocketSettings:
    host: str
    port: int
    allowed: tuple[IPv4Network | IPv6Network, ...]
    """Where calls may come from."""
    max_calls: int = 20
    """At once; the dialplan passes further callers on."""
    max_seconds: float = 1800
    """The longest call."""
