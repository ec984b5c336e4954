"""Everything the test server remembers: bots, people, chats, messages, files, calls."""

from __future__ import annotations

import itertools
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.botapi.updates import Json, Signal, UpdateQueue, member_json, message_json, user_json

ChatType = Literal["private", "group", "supergroup"]


@dataclass
class Webhook:
    """Where a bot's updates are pushed to."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error: str = ""


@dataclass
class BotAccount:
    """A bot that the server knows by its token."""

    token: str
    username: str
    queue: UpdateQueue
    webhook: Webhook | None = None
    commands: dict[str, list[Json]] = field(default_factory=dict)
    """By scope and language, as JSON text."""
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    """By chat; 0 is the default."""
    callbacks: dict[str, CallbackPress] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    """What the bot showed that it is at, such as `typing`."""

    @property
    def id(self) -> int:
        """The number before the colon."""
        return int(self.token.partition(":")[0])

    @property
    def json(self) -> Json:
        """The bot as a User object."""
        return user_json(self.id, self.username, is_bot=True, username=self.username)


@dataclass
class CallbackPress:
    """One press of an inline button, and the bot's answer once there is one."""

    id: str
    button: Json
    answered: bool = False
    answer: str = ""
    alert: bool = False
    changed: Signal = field(default_factory=Signal)

    async def wait_answered(self, timeout: float = 5.0) -> str:
        """The text of the bot's answer (often empty). Raises AssertionError if none comes."""
        if not self.answered and not await self.changed.wait(timeout):
            raise AssertionError(f"the press of {self.button.get('text')!r} was never answered")
        return self.answer


@dataclass
class Topic:
    """A forum topic."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class Spoken:
    """One thing said or done in a chat, kept for the transcript and for ``expect``."""

    who: str
    what: Literal["message", "edit", "delete", "press", "service"]
    message: Json
    """The message as it was then."""
    bot_id: int = 0
    """The bot that did it; 0: a person."""
    note: str = ""


@dataclass
class Conversation:
    """A private chat between one person and one bot, or a group."""

    id: int
    type: ChatType
    title: str
    is_forum: bool = False
    messages: dict[int, Json] = field(default_factory=dict)
    log: list[Spoken] = field(default_factory=list)
    consumed: set[int] = field(default_factory=set)
    """Places in the log that some driver's ``expect`` has returned."""
    topics: dict[int, Topic] = field(default_factory=dict)
    people: dict[int, Json] = field(default_factory=dict)
    """User objects of those in it, by id."""
    bots: dict[int, BotAccount] = field(default_factory=dict)
    topic_rights: set[int] = field(default_factory=set)
    """Bots that are administrators with can_manage_topics."""
    gone: dict[int, str] = field(default_factory=dict)
    """Why a bot may not write here any more (the words of the 403), by bot id."""
    moved_to: int = 0
    """The chat under whose id this group lives on; 0: it has not moved."""
    changed: Signal = field(default_factory=Signal)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def is_group(self) -> bool:
        """Whether more than one person may be in it."""
        return self.type != "private"

    @property
    def json(self) -> Json:
        """The chat as a Chat object."""
        name = "title" if self.is_group else "first_name"
        return {"id": self.id, "type": self.type, name: self.title} | ({"is_forum": True} if self.is_forum else {})

    def new_message(self, sender: Json, thread_id: int | None = None, **content: Any) -> Json:
        """Number and keep a message; the caller logs it."""
        message = message_json(next(self._numbers), self.json, sender, thread_id, **content)
        self.messages[message["message_id"]] = message
        return message

    def say(self, spoken: Spoken) -> None:
        """Put something in the log and wake those who wait for it."""
        self.log.append(spoken)
        self.changed.fire()

    def member(self, user_id: int) -> Json:
        """A ChatMember object, ``left`` if they are not in it."""
        if user_id in self.bots:
            bot = self.bots[user_id].json
            if user_id in self.gone:
                return member_json(bot, "kicked")
            if self.is_group and user_id in self.topic_rights:
                return member_json(bot, "administrator", can_manage_topics=True)
            return member_json(bot, "member")
        if user_id in self.people:
            return member_json(self.people[user_id], "member")
        return member_json(user_json(user_id, "?"), "left")


@dataclass(frozen=True)
class StoredFile:
    """A file that was sent through the server."""

    file_id: str
    unique_id: str
    path: str
    data: bytes
    name: str
    mime: str

    @property
    def json(self) -> Json:
        """The fields all file objects share."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


@dataclass(frozen=True)
class Call:
    """One call that a bot made."""

    at: float
    """Monotonic seconds at its arrival."""
    bot: str
    """Username."""
    method: str
    """As Telegram spells it, or as called if unknown."""
    params: Json
    error_code: int
    """0: it succeeded."""
    description: str
    seconds: float


@dataclass
class World:
    """All state of one server."""

    bots: dict[str, BotAccount] = field(default_factory=dict)
    """By token."""
    private: dict[tuple[int, int], Conversation] = field(default_factory=dict)
    """By bot id and user id."""
    groups: dict[int, Conversation] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    counters: Counter[str] = field(default_factory=Counter)
    """Successful calls by method, and ``METHOD:CODE`` for refused ones."""
    _files: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def conversation(self, bot: BotAccount, chat_id: int) -> Conversation | None:
        """The chat as this bot sees it."""
        group = self.groups.get(chat_id)
        if group is not None:
            return group if bot.id in group.bots else None
        return self.private.get((bot.id, chat_id))

    def store(self, data: bytes, folder: str, name: str, mime: str) -> StoredFile:
        """Keep a file and give it its ids."""
        number = next(self._files)
        suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
        file = StoredFile(
            file_id=f"F{number}-{secrets.token_urlsafe(18)}",
            unique_id=f"U{number}-{secrets.token_urlsafe(6)}",
            path=f"{folder}/file_{number}{suffix}",
            data=data,
            name=name,
            mime=mime,
        )
        self.files[file.file_id] = file
        return file
