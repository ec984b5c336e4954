"""What a SIP worker and its keeper tell each other over the worker's standard streams: one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from ivr.sip.settings import SipSettings

READY: Final = "ready"
ALIVE: Final = "alive"
REGISTERED: Final = "registered"
LOST: Final = "lost"
"""The registration; followed by the registrar's status, 0 when there was none."""
UNREACHED: Final = "unreached"
"""A call out; followed by its id, the reason and the status, 0 when there was none."""
REFUSED: Final = "refused"
"""Calls that were not taken; followed by a Refusal and how many since the last such line."""


@dataclass(frozen=True)
class WorkerSettings:
    """The first line to the worker."""

    link: str
    """Path of the socket to pass calls on to."""
    port: int
    """Where this worker listens."""
    registers: bool
    certificate: str
    """Path of a file with certificate and key; empty without TLS."""
    sip: SipSettings


@dataclass(frozen=True)
class Dial:
    """Order: call somebody."""

    id: str
    uri: str
    seconds: float
    """How long it may ring."""


@dataclass(frozen=True)
class GiveUp:
    """Order: the call that was dialled is no longer wanted."""

    unwanted: str
    """The call's id."""


Order = Dial | GiveUp
_SETTINGS: Final = TypeAdapter(WorkerSettings)
_ORDERS: Final[TypeAdapter[Order]] = TypeAdapter(Order)


def settings_line(settings: WorkerSettings) -> bytes:
    return _SETTINGS.dump_json(settings) + b"\n"


def read_settings(line: bytes) -> WorkerSettings:
    return _SETTINGS.validate_json(line)


def order_line(order: Order) -> bytes:
    return _ORDERS.dump_json(order) + b"\n"


def read_order(line: bytes) -> Order:
    return _ORDERS.validate_json(line)
