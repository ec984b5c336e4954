"""The topics of department groups, one for each ticket: found, made, and made again when somebody deleted them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from aiogram.methods import CreateForumTopic

from backend.contract.client import BackendClient
from backend.contract.errors import NotFound
from backend.contract.models.messengers import GroupMoveIn, TopicIn
from bot.messenger.errors import TopicGone
from bot.messenger.outgoing import Priority, Sender
from bot.telegram.drawing import Spot

log = logging.getLogger(__name__)

NAME_LIMIT = 128
"""Characters of a topic's name (core.telegram.org/bots/api#createforumtopic)."""


class Topics:
    """Ties tickets to topics; the backend remembers the tie."""

    def __init__(self, sender: Sender, client: BackendClient) -> None:
        self._sender = sender
        self._client = client
        self._making: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    async def use(self, chat: int, ticket: str | None, title: str, send: Callable[[Spot], Awaitable[None]]) -> None:
        """Have `send` write into the ticket's topic; a topic that is lost meanwhile is made again, once.

        Raises NoTopicRights when the group is no forum or the bot may not make topics in it, and BackendError.
        """
        spot = await self._spot(chat, ticket, title)
        try:
            await send(spot)
        except TopicGone:
            log.info("a topic was lost", extra={"ticket": ticket})
            await send(await self._spot(chat, ticket, title, lost=spot.topic))

    async def move(self, chat: int, to: int) -> None:
        """The group became a supergroup: its topics are found under the new id. Raises BackendError."""
        await self._client.move_group(str(chat), GroupMoveIn(to=str(to)), key=f"telegram-move:{chat}:{to}")

    async def ticket_of(self, spot: Spot) -> str | None:
        """The ticket of a topic; None for a topic of the group's own, and for a ticket that is not its unit's any more:
        so it is asked each time. Raises BackendError.
        """
        if spot.topic is None:
            return None
        try:
            return (await self._client.find_topic(str(spot.chat), spot.topic)).ticket
        except NotFound:
            return None  # not a department's group

    async def _spot(self, chat: int, ticket: str | None, title: str, lost: int | None = None) -> Spot:
        if ticket is None:
            return Spot(chat)
        lock = self._making.setdefault((chat, ticket), asyncio.Lock())
        async with lock:
            try:
                known = (await self._client.ticket_topic(ticket, str(chat))).topic
            except NotFound:
                return Spot(chat)  # not this department's own ticket: told in the group itself
            if known is not None and known != lost:
                return Spot(chat, known)
            return await self._make(chat, ticket, title)

    async def _make(self, chat: int, ticket: str, title: str) -> Spot:
        name = f"{ticket} {title}".strip()[:NAME_LIMIT]
        made = await self._sender.send(chat, CreateForumTopic(chat_id=chat, name=name), priority=Priority.NOTICE)
        topic = made.message_thread_id
        tie = TopicIn(chat=str(chat), topic=topic)
        await self._client.set_topic(ticket, tie, key=f"telegram-topic:{chat}:{topic}")
        return Spot(chat, topic)
