"""One Telegram bot: gets its updates by polling or webhook, routes them, and stops without losing any."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar

from aiogram import Bot, exceptions
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatType
from aiogram.methods import CreateForumTopic, DeleteWebhook, GetMe, SetMyCommands, SetWebhook, TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeDefault,
    CallbackQuery,
    ChatMemberUpdated,
    InaccessibleMessage,
    Message,
    Update,
    User,
)
from aiohttp import web
from pydantic import ValidationError
from redis.asyncio import Redis

from backend.contract.channels import TELEGRAM
from backend.contract.client import BackendClient
from backend.contract.message import Message as Words
from bot.messenger.albums import Albums
from bot.messenger.delivery import ChatDelivery
from bot.messenger.errors import Blocked, ChatGone, NoTopicRights, Refused, TopicGone
from bot.messenger.lanes import Gathering
from bot.messenger.outgoing import Priority
from bot.messenger.pace import SendingLimits
from bot.messenger.receipts import Receipts
from bot.messenger.spot import Spot
from bot.messenger.topics import Topics
from bot.telegram.conversing import TelegramConversing
from bot.telegram.files import Files
from bot.telegram.incoming import Reader, SlashCommand, person_of
from bot.telegram.poller import Poller, Polling
from bot.telegram.screen import TelegramScreen
from bot.telegram.sender import Sender
from bot.telegram.session import KeepingSession
from dialogs.events import Event, Person
from dialogs.exchange import Reply, Talk
from dialogs.notices import Notices
from dialogs.wording import Wording
from locales import LANGUAGES

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_HANDLING_LIMIT = 55.0
"""Seconds a webhook call may take; Telegram waits about a minute."""
_FIRST_PAUSE, _LAST_PAUSE = 1.0, 30.0
_MAX_UPDATE = 1024 * 1024
_TOPIC_NAME = 128
"""Characters of a topic's name (core.telegram.org/bots/api#createforumtopic)."""
_PASSING = (exceptions.TelegramNetworkError, exceptions.TelegramServerError, exceptions.ClientDecodeError)
_HOPELESS = (Blocked, ChatGone, TopicGone, NoTopicRights, Refused)
_PATIENT = Polling(retries=7)
"""A handler is tried for about a minute: so long the session store or the backend may be away, and nothing is lost."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Webhook:
    """Where Telegram pushes updates to, in place of polling."""

    base_url: str
    """Address by which Telegram reaches us; the bot adds its own path."""
    secret: str
    """Comes with each call: 1 to 256 letters, digits, `_` and `-`."""


def make_bot(token: str, api_url: str = "https://api.telegram.org") -> Bot:
    """An aiogram bot that speaks to this Bot API server."""
    return Bot(token, session=KeepingSession(api=TelegramAPIServer.from_base(api_url)))


class TelegramBot(ABC):
    """What both bots have in common. `run` until `stop`; `channel` is for the notifier."""

    CHANNEL: ClassVar[str]
    """As in the backend."""
    COMMANDS: ClassVar[Sequence[str]]
    """Slash commands of the private chat, in the menu's order."""
    GROUP_COMMANDS: ClassVar[Sequence[str]] = ()

    def __init__(
        self,
        bot: Bot,
        talk: Talk,
        client: BackendClient,
        notices: Notices,
        redis: Redis | None = None,
        *,
        limits: SendingLimits | None = None,
        polling: Polling | None = None,
        webhook: Webhook | None = None,
        now: Callable[[], datetime],
    ) -> None:
        """`redis` only remembers what was delivered; without it a notice may come twice after a lost answer."""
        self._bot = bot
        self._client = client
        self._webhook = webhook
        self._stopping = asyncio.Event()
        self._handling: set[asyncio.Task[object]] = set()
        self.sender = Sender(bot, limits)
        self.username = ""
        """Known once started."""
        files = Files(bot, self.sender, client)
        screen = TelegramScreen(self.sender, files)
        reader = Reader(bot.id, files, self._typed)
        self._screen = screen
        self.topics = Topics(TELEGRAM.name, self._make_topic, client)
        self.conversing = TelegramConversing(
            self.CHANNEL, talk, screen, now, reader, self.sender, Albums(), screen.asked_by
        )
        self.delivery = ChatDelivery(self.CHANNEL, notices, screen, Receipts(redis, self.CHANNEL), now, self.topics)
        self.poller = Poller(bot, self.handle, ALLOWED_UPDATES, polling or _PATIENT, self._gathering())

    @property
    def address(self) -> str:
        """The link to its private chat."""
        return f"https://t.me/{self.username}" if self.username else ""

    async def run(self) -> None:
        """Start, and take updates until `stop`. Raises TelegramUnauthorizedError for a wrong token."""
        await self.start()
        if self._stopping.is_set():
            return
        if self._webhook is None:
            await self.poller.run()
        else:
            await self._stopping.wait()

    async def start(self) -> None:
        """Tell Telegram the commands and how updates come; tries on while Telegram cannot be reached."""
        me = await self._insist(GetMe())
        self.username = (me.username or "") if me else ""
        for language in (None, *LANGUAGES):
            await self._insist(self._commands(self.COMMANDS, language))
            if self.GROUP_COMMANDS:
                await self._insist(self._commands(self.GROUP_COMMANDS, language, group=True))
        if self._webhook is None:
            await self._insist(DeleteWebhook())
        else:
            url = self._webhook.base_url.rstrip("/") + self.webhook_path
            allowed = list(ALLOWED_UPDATES)
            await self._insist(SetWebhook(url=url, secret_token=self._webhook.secret, allowed_updates=allowed))

    async def hold(self) -> None:
        """Take no more updates; what is under way goes on until `stop`."""
        self._stopping.set()
        self.poller.hold()
        await self._screen.close()

    async def stop(self, timeout: float = 20.0) -> None:
        """Take no more updates, end what is under way within `timeout` seconds, and close the bot's session."""
        self._stopping.set()
        if self._webhook is None:
            await self.poller.stop(timeout)
        elif self._handling:
            await asyncio.wait(self._handling, timeout=timeout)
        await self._screen.close()
        await self.sender.drain(timeout)
        await self._bot.session.close()

    async def tell(self, person: Person, reply: Reply) -> None:
        """Show somebody in their private chat what a talk says unasked. Raises SendError."""
        await self.conversing.show(Spot(person.id), person, reply)

    # --- updates -------------------------------------------------------------------------------------------------

    async def handle(self, update: Update) -> None:
        """Do what one update asks for. Raises when it should come again."""
        try:
            await self._route(update)
        except _HOPELESS as error:
            log.warning("telegram takes no answer", extra={"reason": type(error).__name__})

    async def _handle_together(self, updates: Sequence[Update]) -> None:
        """Answer several texts of one person as one. Raises when they should come again."""
        parts = [(one.update_id, one.message) for one in updates if one.message is not None]
        try:
            await self.conversing.together(parts)
        except _HOPELESS as error:
            log.warning("telegram takes no answer", extra={"reason": type(error).__name__})

    async def _route(self, update: Update) -> None:
        if update.callback_query is not None:
            await self._pressed(update.update_id, update.callback_query)
        elif update.message is not None:
            await self._written(update.update_id, update.message, edited=False)
        elif update.edited_message is not None:
            await self._written(update.update_id, update.edited_message, edited=True)
        elif update.my_chat_member is not None:
            await self._membership(update.update_id, update.my_chat_member)

    @property
    def webhook_path(self) -> str:
        return f"/telegram/{self.CHANNEL}"

    def routes(self) -> Sequence[web.RouteDef]:
        """Where Telegram pushes to, with a webhook."""
        return [self.webhook_route()] if self._webhook is not None else []

    def webhook_route(self) -> web.RouteDef:
        """The route for an aiohttp application; answers 200 only after the update was handled."""
        return web.post(self.webhook_path, self._receive)

    async def _receive(self, request: web.Request) -> web.Response:
        # Whatever bytes somebody sends must be comparable.
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if self._webhook is None or not hmac.compare_digest(given, self._webhook.secret.encode()):
            return web.Response(status=403)
        if self._stopping.is_set():
            return web.Response(status=503)
        if (request.content_length or 0) > _MAX_UPDATE:
            return web.Response(status=413)
        try:
            update = Update.model_validate_json(await request.read(), context={"bot": self._bot})
        except ValidationError as error:
            # It would never become readable: taken, so that those after it come. The error holds what was written.
            log.warning("update skipped: it cannot be read", extra={"faults": error.error_count()})
            return web.Response()
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        try:
            async with asyncio.timeout(_HANDLING_LIMIT):
                await self.handle(update)
        except Exception as error:
            # Telegram delivers it again. The text of an error may hold what a person wrote.
            log.warning("handler failed", extra={"update_id": update.update_id, "error": type(error).__name__})
            return web.Response(status=500)
        finally:
            self._handling.discard(task)
        return web.Response()

    async def _pressed(self, update_id: int, query: CallbackQuery) -> None:
        message = query.message
        if message is None or message.chat.type == ChatType.PRIVATE:
            await self.conversing.press(update_id, query, Spot(str(query.from_user.id)))
        else:
            await self._pressed_in_group(update_id, query, message)

    async def _written(self, update_id: int, message: Message, *, edited: bool) -> None:
        user = message.from_user
        if message.migrate_to_chat_id is not None:
            await self._moved(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            await self._moved(message.migrate_from_chat_id, message.chat.id)
        elif user is None or user.is_bot:
            return
        elif message.chat.type == ChatType.PRIVATE:
            await self._written_privately(update_id, message, edited=edited)
        elif message.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}:
            await self._written_in_group(update_id, message, edited=edited)

    async def _written_privately(self, update_id: int, message: Message, *, edited: bool) -> None:
        assert message.from_user is not None
        await self.conversing.message(update_id, message, message.from_user, edited=edited)

    async def _membership(self, update_id: int, change: ChatMemberUpdated) -> None:
        came = change.new_chat_member.status in {"member", "administrator"}
        was = change.old_chat_member.status in {"member", "administrator", "creator", "restricted"}
        if not came:
            # Blocked, or thrown out: a person who comes back starts with a clean screen.
            self._screen.forget(change.chat.id)
        elif not was and change.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}:
            await self._added_to_group(change)
        elif change.chat.type == ChatType.PRIVATE and change.old_chat_member.status == "kicked":
            await self._came_back(update_id, change.from_user)

    async def _came_back(self, update_id: int, user: User) -> None:
        """Somebody who had blocked the bot lets it write again. Raises BackendError."""
        key = f"telegram-return:{self.conversing.reader.event_id(update_id)}"
        await self._client.acting_as(person_of(user, self.CHANNEL).key).note_return(key=key)

    async def _moved(self, chat: int, to: int) -> None:
        """A group became a supergroup, and lives on under another id; what was shown in the old one is over."""
        log.info("a group has moved")
        self._screen.forget(chat)
        await self.topics.move(str(chat), str(to))

    async def _make_topic(self, chat: str, name: str) -> int:
        method = CreateForumTopic(chat_id=int(chat), name=name[:_TOPIC_NAME])
        return (await self.sender.send(int(chat), method, priority=Priority.NOTICE)).message_thread_id

    @abstractmethod
    def _typed(self, command: SlashCommand) -> Event:
        """What a slash command other than /start means in a private chat."""

    @abstractmethod
    async def _pressed_in_group(
        self, update_id: int, query: CallbackQuery, message: Message | InaccessibleMessage
    ) -> None: ...

    @abstractmethod
    async def _written_in_group(self, update_id: int, message: Message, *, edited: bool) -> None: ...

    @abstractmethod
    async def _added_to_group(self, change: ChatMemberUpdated) -> None: ...

    def _gathering(self) -> Gathering[Update] | None:
        """How several messages become one; None where each is for itself."""
        return None

    # --- starting ------------------------------------------------------------------------------------------------

    def _commands(self, names: Sequence[str], language: str | None, *, group: bool = False) -> SetMyCommands:
        """The menu of commands; without a language it is for everybody who speaks none of ours."""
        wording = Wording(language or LANGUAGES[0])
        return SetMyCommands(
            commands=[
                BotCommand(command=name, description=wording.text(Words(f"telegram.command.{name}"))) for name in names
            ],
            scope=BotCommandScopeAllGroupChats() if group else BotCommandScopeDefault(),
            language_code=language.split("_")[0] if language else None,
        )

    async def _insist(self, method: TelegramMethod[_T]) -> _T | None:
        """The call's result, however long Telegram is away; None if we are stopped meanwhile."""
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                return await self._bot(method)
            except exceptions.TelegramRetryAfter as error:
                pause = float(error.retry_after)
            except _PASSING as error:
                log.warning("telegram cannot be reached", extra={"reason": type(error).__name__, "pause": pause})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(_LAST_PAUSE, pause * 2)
        return None
