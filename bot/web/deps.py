"""What the web chat needs from the rest of the house; the composition root fills it in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.contract.client import BackendClient
from backend.contract.client_address import LOOPBACK, Networks
from backend.contract.models.organisation import CityOut
from bot.web.rooms import Rooms
from bot.web.staff_tokens import StaffTokens
from dialogs.exchange import Handle, Together


@dataclass(frozen=True)
class CallPanel:
    """What a page loads to have a call button; whoever takes the calls serves both below its own address."""

    script: str
    style: str
    modules: Sequence[str] = ()
    """What the script imports."""


@dataclass(frozen=True)
class WebDeps:
    backend: BackendClient
    """With the channels' service token; for files, log-in and log-out."""
    enterprise: Handle
    together: Together
    """Several texts of an enterprise in a row as one."""
    staff: Handle
    """Acts by the token that `staff_tokens` tells."""
    staff_tokens: StaffTokens
    rooms: Rooms
    """Shared with the `PageDelivery`s."""
    wake: Callable[[str], None]
    """`Notifier.wake`: a page of this channel was opened, look for its notices."""
    secret: bytes
    """Signs visitors' cookies; a new one makes every visitor a stranger."""
    city: CityOut
    now: Callable[[], datetime]
    public_url: str
    """How browsers reach us; on https, cookies are sent over https alone."""
    trusted_proxies: Networks = LOOPBACK
    """Whom these name in X-Forwarded-For is believed."""
    upload_limit: int = 20 * 2**20
    """Bytes."""
    texts: Sequence[str] = ()
    """Of the city's own templates: the numbers they say to dial can be dialled from the page."""
    call: CallPanel | None = None
    """None: enterprises cannot call from the page."""
    quiet_seconds: float | None = None
    """So long after a text that may go on nothing more has to come; None: each is for itself."""
    staff_check_seconds: float = 60.0
    """How often an open staff page is asked for a session that still holds."""

    at_work: set[asyncio.Task[None]] = field(default_factory=set)
    """What carries out the events of pages; each is in here to its very end."""
    stop_seconds: float = 10.0
    """How long stopping waits for those."""

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")
