"""Turns what came from Telegram into events of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiogram.enums import ContentType
from aiogram.types import Contact, Message, User

from bot.messenger.files import NotKept
from bot.telegram.files import Files, Sent
from dialogs.events import (
    Event,
    Incoming,
    Media,
    Person,
    Place,
    Press,
    Rejected,
    SharedPhone,
    Start,
    Text,
    Unsupported,
    Upload,
)

# What Telegram reports about a chat, as opposed to what somebody says in it.
_SERVICE = frozenset(
    {
        ContentType.NEW_CHAT_MEMBERS,
        ContentType.LEFT_CHAT_MEMBER,
        ContentType.NEW_CHAT_TITLE,
        ContentType.NEW_CHAT_PHOTO,
        ContentType.DELETE_CHAT_PHOTO,
        ContentType.GROUP_CHAT_CREATED,
        ContentType.SUPERGROUP_CHAT_CREATED,
        ContentType.CHANNEL_CHAT_CREATED,
        ContentType.MIGRATE_TO_CHAT_ID,
        ContentType.MIGRATE_FROM_CHAT_ID,
        ContentType.PINNED_MESSAGE,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.FORUM_TOPIC_CREATED,
        ContentType.FORUM_TOPIC_EDITED,
        ContentType.FORUM_TOPIC_CLOSED,
        ContentType.FORUM_TOPIC_REOPENED,
        ContentType.GENERAL_FORUM_TOPIC_HIDDEN,
        ContentType.GENERAL_FORUM_TOPIC_UNHIDDEN,
        ContentType.VIDEO_CHAT_SCHEDULED,
        ContentType.VIDEO_CHAT_STARTED,
        ContentType.VIDEO_CHAT_ENDED,
        ContentType.VIDEO_CHAT_PARTICIPANTS_INVITED,
        ContentType.CHAT_BACKGROUND_SET,
        ContentType.BOOST_ADDED,
        ContentType.WRITE_ACCESS_ALLOWED,
    }
)


@dataclass(frozen=True)
class SlashCommand:
    """A message that begins with a slash: `/name@bot rest`."""

    name: str
    rest: str
    bot: str = ""
    """Username of the bot it names, lower case."""


class Reader:
    """Reads messages of one bot's chats; files in them are moved to the backend on the way."""

    def __init__(self, bot_id: int, files: Files, typed: Callable[[SlashCommand], Event] | None = None) -> None:
        """`typed`: what a slash command other than /start means; None leaves it to the conversation, as typed."""
        self._bot_id = bot_id
        self._files = files
        self._typed_command = typed

    def event_id(self, update_id: int) -> str:
        """Unique over all bots of the channel, the same when Telegram delivers the update again."""
        return f"{self._bot_id}:{update_id}"

    def press(self, person: Person, update_id: int, data: str, now: datetime, ticket: str = "") -> Incoming:
        """A button under a message."""
        return Incoming(person, self.event_id(update_id), now, Press(data), ticket)

    async def read(
        self, person: Person, parts: Sequence[tuple[int, Message]], now: datetime, ticket: str = "", *, edited: bool
    ) -> list[Incoming]:
        """The events of one message, or of all parts of an album; none for what says nothing."""
        first, message = parts[0]
        if _sent(message) is not None and not edited:
            events = await self._media(person, parts)
        else:
            event = self._simple(message, edited=edited)
            events = [event] if event is not None else []
        key = self.event_id(first)
        return [Incoming(person, f"{key}/{at}" if at else key, now, event, ticket) for at, event in enumerate(events)]

    def _simple(self, message: Message, *, edited: bool) -> Event | None:
        text = message.text or message.caption
        if edited:
            # What else is edited, such as a live location, says nothing new.
            version = int(message.edit_date or 0)
            return Text(text, edited=True, message=_place_of(message), version=version) if text else None
        if text is not None:
            return self._typed(text, _place_of(message))
        if message.venue is not None:
            label = " ".join(part for part in (message.venue.title, message.venue.address) if part)
            return Place(message.venue.location.latitude, message.venue.location.longitude, label)
        if message.location is not None:
            return Place(message.location.latitude, message.location.longitude)
        if message.contact is not None:
            return _phone(message.contact, message.from_user)
        return None if message.content_type in _SERVICE else Unsupported(str(message.content_type))

    def _typed(self, text: str, place: str) -> Event:
        command = command_of(text)
        if command is None:
            return Text(text, message=place)
        if command.name == "start":
            return Start(command.rest)
        return self._typed_command(command) if self._typed_command is not None else Text(text)

    async def _media(self, person: Person, parts: Sequence[tuple[int, Message]]) -> list[Event]:
        """One event for all that was kept, then one for each reason why something was not."""
        uploads: list[Upload] = []
        reasons: list[str] = []
        for update_id, message in parts:
            sent = _sent(message)
            if sent is None:
                continue
            try:
                key = f"telegram:{self.event_id(update_id)}"
                kept = await self._files.take(person, message.chat.id, sent, key)
                uploads.append(replace(kept, spoken=message.voice is not None))
            except NotKept as error:
                reasons.append(error.reason)
        with_caption = [message for _, message in parts if message.caption]
        caption = "\n".join(message.caption or "" for message in with_caption)
        place = _place_of(with_caption[0]) if len(with_caption) == 1 else ""
        events: list[Event] = [Media(tuple(uploads), caption, place)] if uploads else []
        if "forbidden" in reasons and not uploads:
            # An account that may keep nothing: the conversation says what it has to do first.
            return [Unsupported(str(parts[0][1].content_type))]
        return events + [Rejected(reason) for reason in dict.fromkeys(reasons)]


def person_of(user: User, channel: str) -> Person:
    """Who sent it."""
    return Person(channel, str(user.id), user.full_name, user.language_code or "")


def has_file(message: Message) -> bool:
    """Whether reading the message moves a file."""
    return _sent(message) is not None


def command_of(text: str) -> SlashCommand | None:
    """The slash command that a text is, if it is one."""
    head, _, rest = text.strip().partition(" ")
    name, _, bot = head[1:].partition("@")
    if not head.startswith("/") or not name.replace("_", "").isalnum() or not name.isascii():
        return None
    return SlashCommand(name.lower(), rest.strip(), bot.lower())


def _place_of(message: Message) -> str:
    """The message as a conversation knows it again."""
    return f"{message.chat.id}/{message.message_id}"


def _phone(contact: Contact, sender: User | None) -> Event:
    """The messenger vouches only for the sender's own number; a friend's is just typed."""
    digits = "".join(char for char in contact.phone_number if char.isdigit())
    if sender is not None and contact.user_id == sender.id:
        return SharedPhone(f"+{digits}")
    return Text(contact.phone_number)


def _sent(message: Message) -> Sent | None:
    """The file in a message."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Sent(largest.file_id, largest.file_size or 0)
    if message.voice is not None:
        return Sent(message.voice.file_id, message.voice.file_size or 0)
    if message.video_note is not None:
        return Sent(message.video_note.file_id, message.video_note.file_size or 0)
    named = message.video or message.audio or message.animation or message.document
    if named is None:
        return None
    return Sent(named.file_id, named.file_size or 0, named.file_name or "")
