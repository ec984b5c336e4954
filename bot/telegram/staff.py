"""The bot that staff talk to, in private chats and in their departments' groups."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Protocol

from aiogram import Bot
from aiogram.types import CallbackQuery, ChatMemberUpdated, InaccessibleMessage, Message, User

from backend.contract.acts import ACTS
from backend.contract.channels import TELEGRAM_STAFF
from backend.contract.client import BackendClient
from bot.telegram.app import TelegramBot
from bot.telegram.conversing import spot_of
from bot.telegram.groups import AwaitsInput, Groups
from bot.telegram.incoming import SlashCommand, command_of, person_of
from dialogs.commands import Verb, command
from dialogs.events import Event, Incoming, Press, Text
from dialogs.exchange import Talk
from dialogs.notices import Notices

_CODE = re.compile(r"[0-9]{8}")


class TalkOfStaff(Talk, AwaitsInput, Protocol):
    """`dialogs.staff.StaffTalk`."""


class StaffBot(TelegramBot):
    """`talk` is a `dialogs.staff.StaffTalk`."""

    CHANNEL: ClassVar[str] = TELEGRAM_STAFF.name
    COMMANDS = ("menu", "queue", "bind", "cancel", "language")
    GROUP_COMMANDS = ("ticket", "sign", "ask", "reply", "return", "files", "timeline", "cancel", "bind")

    def __init__(
        self, bot: Bot, talk: TalkOfStaff, client: BackendClient, notices: Notices, *args: Any, **options: Any
    ) -> None:
        """As `TelegramBot`."""
        super().__init__(bot, talk, client, notices, *args, **options)
        acting = frozenset({*self.GROUP_COMMANDS, "done", *(act.typed for act in ACTS.values() if act.typed)})
        self._groups = Groups(
            self.conversing, talk, client, self.topics, bot.id, lambda: self.username, lambda: self.address, acting
        )

    def _typed(self, command_: SlashCommand) -> Event:
        """The talk knows the slash commands."""
        return Text(f"/{command_.name} {command_.rest}".strip())

    async def _written_privately(self, update_id: int, message: Message, *, edited: bool) -> None:
        given = command_of(message.text or "")
        user = message.from_user
        binds = given is not None and given.name == "bind" and not edited
        if user is not None and given is not None and binds and _CODE.fullmatch(given.rest):
            # Both at once: open the binding unseen, then hand over the code.
            reader, now = self.conversing.reader, self.conversing.now()
            person = person_of(user, self.CHANNEL)
            event_id = reader.event_id(update_id)
            await self.conversing.talk.handle(Incoming(person, f"{event_id}/bind", now, Press(command(Verb.BIND))))
            code = Incoming(person, event_id, now, Text(given.rest))
            await self.conversing.answer(code, spot_of(message))
            return
        await super()._written_privately(update_id, message, edited=edited)

    async def _pressed_in_group(
        self, update_id: int, query: CallbackQuery, message: Message | InaccessibleMessage
    ) -> None:
        await self._groups.pressed(update_id, query, message)

    async def _written_in_group(self, update_id: int, message: Message, *, edited: bool) -> None:
        await self._groups.written(update_id, message, edited=edited)

    async def _came_back(self, update_id: int, user: User) -> None:
        """Their queue and their page have all that they missed."""

    async def _added_to_group(self, change: ChatMemberUpdated) -> None:
        await self._groups.added(change)
