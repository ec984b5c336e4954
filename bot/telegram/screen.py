"""Shows chat messages in Telegram chats: sends them, changes them in place, and takes old keyboards away."""

from __future__ import annotations

import asyncio
import html
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.methods import EditMessageReplyMarkup, SendMessage
from aiogram.types import Message, ReplyKeyboardRemove

from backend.contract.errors import Forbidden, NotFound
from backend.contract.message import Message as Words
from bot.messenger.errors import NotModified, Refused, SendError
from bot.messenger.outgoing import Priority
from bot.messenger.spot import Spot
from bot.telegram.drawing import chat_id, draw, inline_keyboard, is_private, text_call
from bot.telegram.files import FileCall, Files
from bot.telegram.sender import Sender
from dialogs.chat import ChatMessage, present
from dialogs.outputs import Ask, Output, Summarise
from dialogs.wording import Wording

log = logging.getLogger(__name__)

_REMEMBERED = 20_000
"""Chats whose keyboards are remembered; forgetting one costs an old keyboard that stays, and is stale politely."""
_CALM = 20
"""Calls in the queue up to which tidying up is cheap enough."""


@dataclass
class _Shown:
    """The keyboards that stand open in a chat."""

    question: int | None = None
    """Message of the last question with buttons."""
    share: bool = False
    """Whether a share button is in the place of the person's keyboard."""


class TelegramScreen:
    """One bot's view of its chats. Raises what `Sender.send` raises, except where a refusal means nothing."""

    def __init__(self, sender: Sender, files: Files) -> None:
        self._sender = sender
        self._files = files
        self._chats: OrderedDict[Spot, _Shown] = OrderedDict()
        self._asked: OrderedDict[tuple[str, int], str] = OrderedDict()
        """By chat and message."""
        self._tidying: set[asyncio.Task[None]] = set()

    async def show(
        self,
        spot: Spot,
        outputs: Sequence[Output],
        language: str,
        *,
        account: str,
        pressed: Message | None = None,
        question: str = "",
        priority: Priority = Priority.REPLY,
    ) -> None:
        """Show a conversation's answer, which asks `question`. `pressed` is the message whose button it answers;
        `account` fetches files.
        """
        shown = self._shown(spot)
        old_question = shown.question
        for output in outputs:
            is_question = isinstance(output, Ask | Summarise)
            for message in present(output, language):
                sent = await self._one(spot, message, language, pressed, priority, is_question=is_question)
                self._note_asked(spot, sent, question)
                for attachment in message.attachments:
                    await self.deliver_file(spot, attachment, language, account, priority)
        if old_question is not None and shown.question != old_question:
            self._tidy(spot, old_question)

    async def deliver(self, spot: Spot, message: ChatMessage, priority: Priority) -> None:
        """Show one message that nobody asked for; keyboards of the conversation stay."""
        for call in draw(message, spot):
            await self._sender.send(chat_id(spot), call, priority=priority)

    async def deliver_file(self, spot: Spot, attachment: str, language: str, account: str, priority: Priority) -> None:
        """Show one file; one that is gone is told. Raises SendError and BackendError."""
        try:
            calls = await self._files.give(account, attachment, spot)
        except (NotFound, Forbidden):
            gone = Wording(language).text(Words("telegram.file_gone"))
            await self._sender.send(chat_id(spot), text_call(spot, html.escape(gone, quote=False)), priority=priority)
            return
        await self._first_taken(spot, calls, priority)

    def forget(self, chat: int) -> None:
        """Nothing stands open in this chat any more."""
        for spot in [spot for spot in self._chats if spot.chat == str(chat)]:
            del self._chats[spot]

    async def close(self) -> None:
        """Tidy up no more."""
        for task in self._tidying:
            task.cancel()
        await asyncio.gather(*self._tidying, return_exceptions=True)

    async def _one(
        self,
        spot: Spot,
        message: ChatMessage,
        language: str,
        pressed: Message | None,
        priority: Priority,
        *,
        is_question: bool,
    ) -> Sequence[Message]:
        """The messages it became."""
        fits = message.replaces and pressed is not None and _shows(pressed, message)
        if fits and pressed is not None and await self._exchange_buttons(spot, message, pressed, priority):
            return (pressed,)
        shown = self._shown(spot)
        shares = is_private(spot) and message.keyboard.startswith("share_")
        calls = draw(message, spot)
        if shown.share and not shares:
            calls = _without_share(calls, spot, language)
        sent = [await self._sender.send(chat_id(spot), call, priority=priority) for call in calls]
        shown.share = shares
        if is_question:
            with_buttons = [one for one in sent if one.reply_markup is not None]
            shown.question = with_buttons[-1].message_id if with_buttons else None
        return sent

    def asked_by(self, chat: int, message_id: int) -> str:
        """What the conversation asked when this message was sent, as `Reply.question`; empty where that is not known
        any more: then a quote of it says nothing.
        """
        return self._asked.get((str(chat), message_id), "")

    def _note_asked(self, spot: Spot, sent: Sequence[Message], question: str) -> None:
        for one in sent if question else ():
            self._asked[spot.chat, one.message_id] = question
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)

    async def _exchange_buttons(self, spot: Spot, message: ChatMessage, pressed: Message, priority: Priority) -> bool:
        """Whether the message on the screen now has these buttons."""
        edit = EditMessageReplyMarkup(
            chat_id=chat_id(spot), message_id=pressed.message_id, reply_markup=inline_keyboard(message.rows)
        )
        try:
            await self._sender.send(chat_id(spot), edit, priority=priority)
        except NotModified:
            pass  # it has them already: the press came twice
        except Refused:
            return False
        self._shown(spot).question = pressed.message_id
        return True

    async def _first_taken(self, spot: Spot, calls: Sequence[FileCall], priority: Priority) -> None:
        """Send the file the first way that Telegram takes: it refuses, for instance, photos of odd shapes."""
        for at, call in enumerate(calls):
            try:
                await self._sender.send(chat_id(spot), call, priority=priority)
            except Refused:
                if at == len(calls) - 1:
                    raise
            else:
                return

    def _tidy(self, spot: Spot, message_id: int) -> None:
        """Take the buttons of an answered question away, if there is nothing more urgent to do."""
        if self._sender.backlog > _CALM:
            return
        task = asyncio.create_task(self._remove_buttons(spot, message_id))
        self._tidying.add(task)
        task.add_done_callback(self._tidying.discard)

    async def _remove_buttons(self, spot: Spot, message_id: int) -> None:
        edit = EditMessageReplyMarkup(chat_id=chat_id(spot), message_id=message_id)
        try:
            await self._sender.send(chat_id(spot), edit, priority=Priority.NOTICE)
        except SendError as error:
            log.debug("an old keyboard stays", extra={"reason": type(error).__name__})

    def _shown(self, spot: Spot) -> _Shown:
        shown = self._chats.setdefault(spot, _Shown())
        self._chats.move_to_end(spot)
        while len(self._chats) > _REMEMBERED:
            self._chats.popitem(last=False)
        return shown


def _without_share(calls: Sequence[SendMessage], spot: Spot, language: str) -> list[SendMessage]:
    """The calls, the first that has no buttons of its own taking the share button away; else a word before them."""
    for at, call in enumerate(calls):
        if call.reply_markup is None:
            return [*calls[:at], call.model_copy(update={"reply_markup": ReplyKeyboardRemove()}), *calls[at + 1 :]]
    text = Wording(language).text(Words("telegram.share_done"))
    return [text_call(spot, html.escape(text, quote=False), ReplyKeyboardRemove()), *calls]


def _shows(pressed: Message, message: ChatMessage) -> bool:
    """Whether the message on the screen says this already; Telegram trims both ends."""
    return pressed.text is not None and pressed.text.strip() == message.plain.strip()
