"""Leads a Telegram bot's conversations: reads messages and presses, says what is the bot's own."""

from __future__ import annotations

import asyncio
import dataclasses
import html
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import cast

from aiogram.enums import ChatAction
from aiogram.methods import AnswerCallbackQuery, SendChatAction
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, User
from typing_extensions import override

from backend.contract.message import Message as Words
from bot.messenger.albums import Albums, Parts
from bot.messenger.conversing import Conversing
from bot.messenger.errors import SendError
from bot.messenger.spot import Spot
from bot.telegram.drawing import chat_id, text_call
from bot.telegram.incoming import Reader, person_of
from bot.telegram.sender import Sender
from dialogs.commands import Verb
from dialogs.events import Incoming, Person
from dialogs.exchange import GatheringTalk, Reply
from dialogs.wording import Wording
from locales import closest_language

log = logging.getLogger(__name__)

_REMEMBERED = 20_000
"""People of whom it is remembered how they were asked last; who is forgotten is answered at once."""
_TYPING_SECONDS = 4.0
"""Telegram shows it for five (core.telegram.org/bots/api#sendchataction)."""


@dataclass(frozen=True)
class TelegramConversing(Conversing[Message]):
    """What the private chats and the groups of a bot have in common."""

    reader: Reader
    sender: Sender
    albums: Albums[Message]
    asked_by: Callable[[int, int], str]
    """What was asked when a message of a chat was sent, as `Reply.question`."""
    _told_freely: OrderedDict[str, bool] = field(default_factory=OrderedDict)
    """Of the last reply to each person."""

    async def message(
        self, update_id: int, message: Message, user: User, ticket: str = "", *, edited: bool = False
    ) -> None:
        """Answer a message where it was written; the parts of an album are answered together."""

        async def answer(parts: Parts[Message]) -> None:
            person = person_of(user, self.channel)
            async with self._typing(spot_of(message)) if message.voice is not None else nullcontext():
                for incoming in await self.reader.read(person, parts, self.now(), ticket, edited=edited):
                    quotes = "" if edited else self._quoted(message)
                    await self.answer(dataclasses.replace(incoming, quotes=quotes), spot_of(message))

        if message.media_group_id and not edited:
            await self.albums.handle((message.chat.id, message.media_group_id), update_id, message, answer)
        else:
            await answer(((update_id, message),))

    async def together(self, parts: Sequence[tuple[int, Message]]) -> None:
        """Answer several texts of one private chat as one."""
        [*_, (_, last)] = parts
        assert last.from_user is not None
        person = person_of(last.from_user, self.channel)
        told: list[Incoming] = []
        for part in parts:
            told += await self.reader.read(person, (part,), self.now(), edited=False)
        reply = await cast("GatheringTalk", self.talk).handle_together(told)
        await self.show_answer(reply, told[-1], spot_of(last))

    @override
    async def show(self, spot: Spot, person: Person, reply: Reply, pressed: Message | None = None) -> None:
        await super().show(spot, person, reply, pressed)
        self._told_freely[person.key] = reply.goes_on
        while len(self._told_freely) > _REMEMBERED:
            self._told_freely.popitem(last=False)

    def is_told_freely(self, person: Person) -> bool:
        """Whether what they say next may come in several messages; False where that is not known."""
        return self._told_freely.get(person.key, False)

    def _quoted(self, message: Message) -> str:
        """What a reply to an earlier message answers: the question of a unit that stands in a notice, or of ours."""
        earlier = message.reply_to_message
        if earlier is None:
            return ""
        rows = [] if earlier.reply_markup is None else earlier.reply_markup.inline_keyboard
        commands = [button.callback_data for row in rows for button in row if button.callback_data]
        asks = [one for one in commands if one.startswith(f"{Verb.ANSWER}:")]
        return asks[0] if len(asks) == 1 else self.asked_by(earlier.chat.id, earlier.message_id)

    async def press(self, update_id: int, query: CallbackQuery, spot: Spot, ticket: str = "") -> None:
        """Answer a pressed button; the button itself stops waiting at once."""
        answering = asyncio.create_task(self.answer_press(query, spot))
        try:
            person = person_of(query.from_user, self.channel)
            incoming = self.reader.press(person, update_id, query.data or "", self.now(), ticket)
            pressed = query.message if isinstance(query.message, Message) else None
            await self.answer(incoming, spot, pressed)
        except asyncio.CancelledError:
            answering.cancel()
            raise
        finally:
            await asyncio.gather(answering, return_exceptions=True)

    async def answer_press(self, query: CallbackQuery, spot: Spot, alert: str = "") -> None:
        """Stop the button's waiting; with words for the one who pressed alone, if there are any."""
        call = AnswerCallbackQuery(callback_query_id=query.id, text=alert or None, show_alert=bool(alert) or None)
        try:
            await self.sender.send(chat_id(spot), call)
        except SendError as error:
            # Too late, or answered when it was delivered the first time: the answer itself still counts.
            log.debug("a press was not answered", extra={"reason": type(error).__name__})

    @asynccontextmanager
    async def _typing(self, spot: Spot) -> AsyncIterator[None]:
        """Show that we are at it, for the length of a block: to hear a voice message takes seconds."""
        showing = asyncio.create_task(self._show_typing(spot))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _show_typing(self, spot: Spot) -> None:
        action = SendChatAction(chat_id=chat_id(spot), message_thread_id=spot.topic, action=ChatAction.TYPING)
        while True:
            try:
                await self.sender.send(chat_id(spot), action)
            except SendError as error:
                log.debug("typing was not shown", extra={"reason": type(error).__name__})
            await asyncio.sleep(_TYPING_SECONDS)

    async def say(
        self, spot: Spot, user: User, words: Sequence[Words], keyboard: InlineKeyboardMarkup | None = None
    ) -> None:
        """Say something of the bot's own. Raises SendError."""
        text = "\n\n".join(Wording(language_of(user)).text(one) for one in words)
        await self.sender.send(chat_id(spot), text_call(spot, html.escape(text, quote=False), keyboard))


def language_of(user: User) -> str:
    """The language a stranger is spoken to in."""
    return closest_language(user.language_code or "")


def spot_of(message: Message) -> Spot:
    """Where a message was written. A thread id outside forums means replies to one message, not a topic."""
    return Spot(str(message.chat.id), message.message_thread_id if message.is_topic_message else None)
