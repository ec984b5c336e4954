"""Who gets a line of the page's phone when lines are short: those who talk keep theirs, no network gets all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.contract import client_address as addresses


@dataclass(frozen=True)
class Line:
    """One that is taken."""

    call: str
    network: str
    connected: bool


def network_of(address: str) -> str:
    """What counts as one here: a /24, a /48 of IPv6; empty where nobody can be told apart."""
    return addresses.networks(address)[0] if addresses.is_outside(address) else ""


def is_full_for(network: str, taken: Sequence[Line], most: int) -> bool:
    """Whether this network has half of the lines: the other half is for the rest of the city."""
    return network != "" and sum(line.network == network for line in taken) >= max(1, (most + 1) // 2)


def gives_way(network: str, taken: Sequence[Line]) -> str | None:
    """Which call ends for a new one from this network, when all lines are taken; None: nobody does.

    An offer costs its sender nothing, so one that has not connected yet gives way, the oldest of the network that
    holds most such: whoever sends offers from few networks pushes out none but their own. `taken`: oldest first.
    """
    waiting = [line for line in taken if not line.connected]
    held = Counter(line.network for line in waiting)
    most = max(held.values(), default=0)
    if held[network] >= most > 1:
        return next(line.call for line in waiting if line.network == network)
    return next((line.call for line in waiting if held[line.network] == most), None)
