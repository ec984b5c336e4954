"""Leads a Telegram bot's conversations: reads messages and presses, says what is the bot's own."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, User

from backend.contract.message import Message as Words
from bot.messenger.albums import Albums, Parts
from bot.messenger.conversing import Conversing
from bot.messenger.errors import SendError
from bot.messenger.spot import Spot
from bot.telegram.drawing import chat_id, text_call
from bot.telegram.incoming import Reader, person_of
from bot.telegram.sender import Sender
from dialogs.wording import Wording
from locales import closest_language

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TelegramConversing(Conversing[Message]):
    """What the private chats and the groups of a bot have in common."""

    reader: Reader
    sender: Sender
    albums: Albums[Message]

    async def message(
        self, update_id: int, message: Message, user: User, ticket: str = "", *, edited: bool = False
    ) -> None:
        """Answer a message where it was written; the parts of an album are answered together."""

        async def answer(parts: Parts[Message]) -> None:
            person = person_of(user, self.channel)
            for incoming in await self.reader.read(person, parts, self.now(), ticket, edited=edited):
                await self.answer(incoming, spot_of(message))

        if message.media_group_id and not edited:
            await self.albums.handle((message.chat.id, message.media_group_id), update_id, message, answer)
        else:
            await answer(((update_id, message),))

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
