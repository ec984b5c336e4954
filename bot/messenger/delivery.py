"""Delivers the backend's notices to the chats of a messenger."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from backend.contract.errors import BackendError
from backend.contract.models.notices import NoticeOut
from backend.contract.notices import UnknownNotice, read
from backend.contract.notices.notice import AboutTicket
from bot.messenger.errors import Blocked, ChatGone, Flooded, NoTopicRights, Refused, SendError, TopicGone
from bot.messenger.outgoing import Priority
from bot.messenger.receipts import Receipts
from bot.messenger.screen import Screen
from bot.messenger.spot import Spot
from bot.messenger.topics import Topics
from dialogs.chat import ChatMessage, present
from dialogs.delivery.delivery import UndeliverableError
from dialogs.events import Person
from dialogs.notices import Notices

log = logging.getLogger(__name__)

_GROUP = "group:"
_RETRY_SECONDS = 30


class ChatDelivery:
    """The way of notices to one bot's chats; a `dialogs.delivery.delivery.Delivery`."""

    def __init__(
        self,
        name: str,
        notices: Notices,
        screen: Screen[Any],
        receipts: Receipts,
        now: Callable[[], datetime],
        topics: Topics | None = None,
    ) -> None:
        """`topics`: for notices to department groups."""
        self._name = name
        self._notices = notices
        self._screen = screen
        self._receipts = receipts
        self._now = now
        self._topics = topics

    @property
    def name(self) -> str:
        return self._name

    def open_addresses(self) -> Sequence[str] | None:
        """Anybody, at any time."""
        return None

    async def deliver(self, notice: NoticeOut) -> None:
        """Return once the messenger has all of it. Raises UndeliverableError."""
        try:
            if notice.address.startswith(_GROUP):
                await self._to_group(notice)
            else:
                await self._to(Spot(notice.address), notice, notice.key)
        except SendError as error:
            raise _undeliverable(error) from error
        except BackendError as error:
            raise UndeliverableError("temporary", _RETRY_SECONDS) from error
        except (UnknownNotice, ValueError) as error:
            log.exception("a notice cannot be shown", extra={"notice": notice.id, "template": notice.template})
            raise UndeliverableError("refused") from error

    async def _to_group(self, notice: NoticeOut) -> None:
        """Into the ticket's topic; when the group cannot have it, to its members one by one."""
        try:
            await self._to_topic(notice.address.removeprefix(_GROUP), notice)
        except (NoTopicRights, ChatGone, TopicGone, Blocked) as error:
            log.warning("a group cannot be written to", extra={"notice": notice.id, "reason": type(error).__name__})
            await self._to_each(notice, error)

    async def _to_topic(self, chat: str, notice: NoticeOut) -> None:
        """Where the group is now: one that has moved has another id, which the backend is told."""
        if self._topics is None:
            raise ChatGone("this bot has no groups")
        told = read(notice.template, notice.args)
        title = told.title if isinstance(told, AboutTicket) else ""
        try:
            await self._topics.use(chat, notice.ticket, title, lambda spot: self._to(spot, notice, notice.key))
        except ChatGone as error:
            if error.moved_to is None or error.moved_to == chat:
                raise
            await self._topics.move(chat, error.moved_to)
            await self._topics.use(
                error.moved_to, notice.ticket, title, lambda spot: self._to(spot, notice, notice.key)
            )

    async def _to_each(self, notice: NoticeOut, why: SendError) -> None:
        reached = False
        for address in notice.fallback:
            try:
                await self._to(Spot(address), notice, f"{notice.key}@{address}")
                reached = True
            except (Blocked, ChatGone) as error:
                why = error
        if not reached:
            raise why

    async def _to(self, spot: Spot, notice: NoticeOut, key: str) -> None:
        steps = self._steps(spot, notice)
        for at in range(await self._receipts.parts(key), len(steps)):
            await steps[at]()
            await self._receipts.note(key, at + 1)

    def _steps(self, spot: Spot, notice: NoticeOut) -> list[Callable[[], Awaitable[None]]]:
        """What is to be sent, text before files."""
        steps: list[Callable[[], Awaitable[None]]] = []
        for output in self._notices.outputs(notice, self._now()):
            for message in present(output, notice.language):
                steps.append(self._text(spot, message))
                steps += [self._file(spot, notice, attachment) for attachment in message.attachments]
        return steps

    def _text(self, spot: Spot, message: ChatMessage) -> Callable[[], Awaitable[None]]:
        return lambda: self._screen.deliver(spot, message, Priority.NOTICE)

    def _file(self, spot: Spot, notice: NoticeOut, attachment: str) -> Callable[[], Awaitable[None]]:
        account = Person(notice.channel, notice.address).key
        return lambda: self._screen.deliver_file(spot, attachment, notice.language, account, Priority.NOTICE)


def _undeliverable(error: SendError) -> UndeliverableError:
    match error:
        case Blocked():
            return UndeliverableError("blocked")
        case ChatGone():
            return UndeliverableError("gone")
        case Refused() | NoTopicRights() | TopicGone():
            log.error("the messenger refuses a notice", extra={"reason": type(error).__name__})
            return UndeliverableError("refused")
        case Flooded():
            return UndeliverableError("temporary", int(error.retry_after) + 1)
    return UndeliverableError("temporary", _RETRY_SECONDS)
