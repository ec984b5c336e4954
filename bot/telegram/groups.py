"""The staff bot in a department's group: linked by a one-time code, one topic a ticket, all act as themselves."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiogram.methods import GetChatMember
from aiogram.types import (
    CallbackQuery,
    ChatMemberAdministrator,
    ChatMemberUpdated,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    User,
)

from backend.contract.client import BackendClient
from backend.contract.errors import BackendError, Forbidden
from backend.contract.message import Message as Words
from backend.contract.models.messengers import GroupIn
from bot.messenger.errors import SendError
from bot.messenger.spot import Spot
from bot.messenger.topics import Topics
from bot.telegram.conversing import TelegramConversing, language_of, spot_of
from bot.telegram.drawing import chat_id
from bot.telegram.incoming import SlashCommand, command_of, has_file, person_of
from dialogs.commands import Verb, command
from dialogs.error_messages import explain
from dialogs.events import Incoming, Person, Press
from dialogs.wording import Wording

log = logging.getLogger(__name__)

_CODE = re.compile(r"[0-9]{8}")


class AwaitsInput(Protocol):
    """What groups need of the staff's conversation besides its answers."""

    async def awaits(self, person: Person, ticket: str = "") -> bool:
        """Whether this person is in the middle of something about the ticket."""


@dataclass(frozen=True)
class Groups:
    """What is said and pressed in groups. Ordinary talk among colleagues is left alone."""

    conversing: TelegramConversing
    talk: AwaitsInput
    client: BackendClient
    topics: Topics
    bot_id: int
    username: Callable[[], str]
    address: Callable[[], str]
    commands: frozenset[str]
    """Slash commands that act on the ticket of the topic they are typed in."""

    async def written(self, update_id: int, message: Message, *, edited: bool) -> None:
        """Link the group, act on the topic's ticket, or do nothing."""
        user = message.from_user
        assert user is not None
        given = command_of(message.text or "")
        if given is not None and not self._is_ours(given):
            return
        if given is not None and given.name == "bind":
            if not edited:
                await self._link(update_id, message, user, given)
            return
        spot = spot_of(message)
        ticket = await self.topics.ticket_of(spot)
        if ticket is None:
            if given is not None:
                await self.conversing.say(spot, user, [Words("telegram.group_how")])
            return
        person = person_of(user, self.conversing.channel)
        if given is not None and not await self._is_bound(person):
            await self._invite(update_id, user, spot)
            return
        if has_file(message) and not await self.talk.awaits(person, ticket):
            return
        await self.conversing.message(update_id, message, user, ticket, edited=edited)

    async def pressed(self, update_id: int, query: CallbackQuery, message: Message | InaccessibleMessage) -> None:
        """A button in a topic is answered there; one outside of topics, in the private chat of who pressed it."""
        user = query.from_user
        spot = spot_of(message) if isinstance(message, Message) else Spot(str(message.chat.id))
        if not await self._is_bound(person_of(user, self.conversing.channel)):
            alert = Wording(language_of(user)).text(Words("telegram.group_unbound"))
            await self.conversing.answer_press(query, spot, alert)
            await self._invite(update_id, user, spot)
            return
        ticket = await self.topics.ticket_of(spot)
        await self.conversing.press(update_id, query, spot if ticket else Spot(str(user.id)), ticket or "")

    async def added(self, change: ChatMemberUpdated) -> None:
        """Say how to link this group."""
        try:
            await self.conversing.say(Spot(str(change.chat.id)), change.from_user, [Words("telegram.group_welcome")])
        except SendError as error:
            log.info("a group was not greeted", extra={"reason": type(error).__name__})

    def _is_ours(self, given: SlashCommand) -> bool:
        """In a group with several bots a command may be meant for another."""
        if given.bot:
            return given.bot == self.username().lower()
        return given.name in self.commands or given.name in {"start", "help", "bind"}

    async def _link(self, update_id: int, message: Message, user: User, given: SlashCommand) -> None:
        spot = spot_of(message)
        if not _CODE.fullmatch(given.rest):
            await self.conversing.say(spot, user, [Words("telegram.group_how")])
            return
        request = GroupIn(code=given.rest, chat=str(message.chat.id))
        try:
            department = await self.client.link_group(request, key=f"telegram:{self.bot_id}:{update_id}")
        except BackendError as error:
            await self.conversing.say(spot, user, [explain(error)])
            return
        english = language_of(user) == "en" and department.name_en
        name = department.name_en if english else department.name
        words = [Words("telegram.group_linked", {"department": name})]
        if not (message.chat.is_forum and await self._may_make_topics(spot)):
            words.append(Words("telegram.group_no_topics"))
        await self.conversing.say(spot, user, words)

    async def _may_make_topics(self, spot: Spot) -> bool:
        try:
            me = await self.conversing.sender.send(
                chat_id(spot), GetChatMember(chat_id=chat_id(spot), user_id=self.bot_id)
            )
        except SendError:
            return False
        return isinstance(me, ChatMemberAdministrator) and bool(me.can_manage_topics)

    async def _is_bound(self, person: Person) -> bool:
        try:
            await self.client.acting_as(person.key).view_staff()
        except Forbidden:
            return False
        return True

    async def _invite(self, update_id: int, user: User, spot: Spot) -> None:
        """Ask for the binding code in private; who never wrote to the bot is shown the way there."""
        person = person_of(user, self.conversing.channel)
        event_id = f"{self.conversing.reader.event_id(update_id)}/bind"
        bind = Incoming(person, event_id, self.conversing.now(), Press(command(Verb.BIND)))
        try:
            reply = await self.conversing.talk.handle(bind)
            await self.conversing.show(Spot(str(user.id)), person, reply)
        except SendError:
            label = Wording(language_of(user)).text(Words("telegram.open_private"))
            button = InlineKeyboardButton(text=label, url=self.address())
            keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
            await self.conversing.say(spot, user, [Words("telegram.group_unbound")], keyboard)
