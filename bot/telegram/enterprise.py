"""The bot that enterprises talk to, in private chats only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aiogram.enums import ChatType
from aiogram.methods import LeaveChat
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
    User,
)

from backend.contract.channels import TELEGRAM
from backend.contract.message import Message as Words
from bot.messenger.errors import SendError
from bot.messenger.lanes import Gathering
from bot.messenger.spot import Spot
from bot.telegram.app import TelegramBot
from bot.telegram.conversing import language_of, spot_of
from bot.telegram.drawing import chat_id
from bot.telegram.incoming import SlashCommand, person_of
from dialogs.commands import Verb, command
from dialogs.events import Event, Press, Text
from dialogs.gathering import may_be_part, may_go_on
from dialogs.wording import Wording

_BUTTONS: Mapping[str, Verb] = {
    "menu": Verb.MENU,
    "tickets": Verb.TICKETS,
    "progress": Verb.PROGRESS,
    "human": Verb.HUMAN,
    "language": Verb.LANGUAGE,
}


class EnterpriseBot(TelegramBot):
    """`talk` is a `dialogs.enterprise.EnterpriseTalk`."""

    CHANNEL: ClassVar[str] = TELEGRAM.name
    COMMANDS = ("menu", "tickets", "progress", "human", "help", "cancel", "language")

    def __init__(self, *args: Any, quiet_seconds: float | None = None, **options: Any) -> None:
        """As `TelegramBot`. `quiet_seconds`: several texts in a row are one, until so long nothing more comes; None:
        each is for itself.
        """
        self._quiet_seconds = quiet_seconds
        super().__init__(*args, **options)

    def _gathering(self) -> Gathering[Update] | None:
        if self._quiet_seconds is None:
            return None
        return Gathering(self._is_part, self._goes_on, self._handle_together, self._quiet_seconds)

    def _is_part(self, update: Update) -> bool:
        """A quote says itself what it answers."""
        message = update.message
        if message is None or message.text is None or message.reply_to_message is not None:
            return False
        return message.chat.type == ChatType.PRIVATE and may_be_part(message.text)

    def _goes_on(self, update: Update) -> bool:
        message = update.message
        if message is None or message.from_user is None or not self._is_part(update):
            return False
        told_freely = self.conversing.is_told_freely(person_of(message.from_user, self.CHANNEL))
        return told_freely and may_go_on(message.text or "")

    def _typed(self, command_: SlashCommand) -> Event:
        """A button's command; any other is understood as its word: /cancel, /back, /help."""
        if command_.name in _BUTTONS:
            return Press(command(_BUTTONS[command_.name]))
        return Text(f"{command_.name.replace('_', ' ')} {command_.rest}".strip())

    async def _pressed_in_group(
        self,
        update_id: int,  # noqa: ARG002
        query: CallbackQuery,
        message: Message | InaccessibleMessage,
    ) -> None:
        spot = Spot(str(message.chat.id))
        alert = Wording(language_of(query.from_user)).text(Words("telegram.private_only"))
        await self.conversing.answer_press(query, spot, alert)

    async def _written_in_group(
        self,
        update_id: int,  # noqa: ARG002
        message: Message,
        *,
        edited: bool,
    ) -> None:
        if message.from_user is not None and not edited:
            await self._leave(spot_of(message), message.from_user)

    async def _added_to_group(self, change: ChatMemberUpdated) -> None:
        await self._leave(Spot(str(change.chat.id)), change.from_user)

    async def _moved(self, chat: int, to: int) -> None:
        """No group is the enterprises'."""

    async def _leave(self, spot: Spot, user: User) -> None:
        """What an enterprise reports is nobody else's business: say where to write, and go."""
        words = Words("telegram.private_only")
        try:
            await self.conversing.say(spot, user, [words], self.link_keyboard(user))
            await self.sender.send(chat_id(spot), LeaveChat(chat_id=chat_id(spot)))
        except SendError:
            pass  # gone already, or not allowed to write there

    def link_keyboard(self, user: User) -> InlineKeyboardMarkup:
        """A button that opens the private chat."""
        label = Wording(language_of(user)).text(Words("telegram.open_private"))
        button = InlineKeyboardButton(text=label, url=self.address)
        return InlineKeyboardMarkup(inline_keyboard=[[button]])
