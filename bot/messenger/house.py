"""What the process of the channels needs of a messenger's bot, and what it gives to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web
from redis.asyncio import Redis

from backend.contract.client import BackendClient
from backend.contract.clock import Clock
from dialogs.delivery.delivery import Delivery
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.exchange import Reply
from dialogs.notices import Notices
from dialogs.staff import StaffTalk


class Messenger(Protocol):
    """One bot of a messenger."""

    @property
    def address(self) -> str:
        """Where people find it, known once it has started; else empty."""

    @property
    def delivery(self) -> Delivery:
        """For the notifier."""

    def routes(self) -> Sequence[web.RouteDef]:
        """Where the messenger pushes to, if it does."""

    async def run(self) -> None:
        """Start, and take what people send until `stop`. Raises what no waiting mends, such as a wrong token."""

    async def hold(self) -> None:
        """Take nothing more; what is under way goes on until `stop`."""

    async def stop(self) -> None:
        """End what is under way, for so long as the bot finds right, and let go of everything."""

    async def tell(self, person: Person, reply: Reply) -> None:
        """Show somebody what a talk says unasked. Raises a `bot.messenger.errors.SendError`."""


@dataclass(frozen=True)
class Account:
    """By what a bot is known to its messenger."""

    token: str = field(repr=False)
    server: str
    """Address of the messenger's API."""
    webhook_secret: str | None = field(default=None, repr=False)
    """Comes with each call that the messenger makes to us; None: it makes none, updates are asked for."""


@dataclass(frozen=True)
class House:
    """What a bot finds here."""

    enterprise: EnterpriseTalk
    staff: StaffTalk
    client: BackendClient
    notices: Notices
    redis: Redis
    clock: Clock
    public_url: str
    """How a messenger reaches us."""


class Make(Protocol):
    def __call__(self, house: House, accounts: Mapping[str, Account]) -> Mapping[str, Messenger]:
        """The bots of these accounts, both by channel."""
