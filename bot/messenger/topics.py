"""The topics of department groups, one for each ticket: found, made, and made again when somebody deleted them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from backend.contract.client import BackendClient
from backend.contract.errors import NotFound
from backend.contract.models.messengers import GroupMoveIn, TopicIn
from bot.messenger.errors import TopicGone
from bot.messenger.spot import Spot

log = logging.getLogger(__name__)

Make = Callable[[str, str], Awaitable[int]]
"""Makes a topic in a group by its name; its id. Raises NoTopicRights where that cannot be."""


class Topics:
    """Ties tickets to topics; the backend remembers the tie."""

    def __init__(self, messenger: str, make: Make, client: BackendClient) -> None:
        """`messenger` begins its idempotency keys."""
        self._messenger = messenger
        self._make_topic = make
        self._client = client
        self._making: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def use(self, chat: str, ticket: str | None, title: str, send: Callable[[Spot], Awaitable[None]]) -> None:
        """Have `send` write into the ticket's topic; a topic that is lost meanwhile is made again, once.

        Raises NoTopicRights when the bot cannot make topics in the group, and BackendError.
        """
        spot = await self._spot(chat, ticket, title)
        try:
            await send(spot)
        except TopicGone:
            log.info("a topic was lost", extra={"ticket": ticket})
            await send(await self._spot(chat, ticket, title, lost=spot.topic))

    async def move(self, chat: str, to: str) -> None:
        """The group has another id now, under which its topics are found. Raises BackendError."""
        await self._client.move_group(chat, GroupMoveIn(to=to), key=f"{self._messenger}-move:{chat}:{to}")

    async def ticket_of(self, spot: Spot) -> str | None:
        """The ticket of a topic; None for a topic of the group's own, and for a ticket that is not its unit's any more:
        so it is asked each time. Raises BackendError.
        """
        if spot.topic is None:
            return None
        try:
            return (await self._client.find_topic(spot.chat, spot.topic)).ticket
        except NotFound:
            return None  # not a department's group

    async def _spot(self, chat: str, ticket: str | None, title: str, lost: int | None = None) -> Spot:
        if ticket is None:
            return Spot(chat)
        lock = self._making.setdefault((chat, ticket), asyncio.Lock())
        async with lock:
            try:
                known = (await self._client.ticket_topic(ticket, chat)).topic
            except NotFound:
                return Spot(chat)  # not this department's own ticket: told in the group itself
            if known is not None and known != lost:
                return Spot(chat, known)
            return await self._make(chat, ticket, title)

    async def _make(self, chat: str, ticket: str, title: str) -> Spot:
        topic = await self._make_topic(chat, f"{ticket} {title}".strip())
        key = f"{self._messenger}-topic:{chat}:{topic}"
        await self._client.set_topic(ticket, TopicIn(chat=chat, topic=topic), key=key)
        return Spot(chat, topic)
