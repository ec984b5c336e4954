"""People in chats, for tests that read as chats: they send, press and expect."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.botapi.forum import forget_topic
from tests.botapi.media import media_content, stored
from tests.botapi.state import BotAccount, CallbackPress, Conversation, Spoken, Topic, World
from tests.botapi.updates import (
    Json,
    inline_buttons,
    location_content,
    member_json,
    sticker_content,
    text_content,
)

_BLOCKED = "bot was blocked by the user"
_DEACTIVATED = "user is deactivated"
_KICKED = "bot was kicked from the supergroup chat"

_callback_numbers = itertools.count(1)


@dataclass(frozen=True)
class BotMessage:
    """A bot's message as it was when it was sent or edited."""

    json: Json
    edited: bool = False

    @property
    def message_id(self) -> int:
        """Its number in the chat."""
        return int(self.json["message_id"])

    @property
    def text(self) -> str:
        """Text or caption, without markup."""
        return str(self.json.get("text") or self.json.get("caption") or "")

    @property
    def thread_id(self) -> int | None:
        """The forum topic it is in."""
        return self.json.get("message_thread_id")

    @property
    def inline(self) -> list[Json]:
        """Inline buttons, row after row."""
        return list(inline_buttons(self.json))

    @property
    def buttons(self) -> list[str]:
        """Labels of all its buttons, inline or of the reply keyboard."""
        rows = (self.json.get("reply_markup") or {}).get("keyboard") or []
        return [_label(button) for button in [*self.inline, *itertools.chain.from_iterable(rows)]]


Wanted = str | Callable[[BotMessage], bool]


class _Talk:
    """What reading a private chat and reading a group have in common."""

    def __init__(self, world: World, conversation: Conversation) -> None:
        self.world = world
        self.conversation = conversation

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.conversation.id

    async def expect(self, wanted: Wanted = "", timeout: float = 5.0, *, thread_id: int | None = None) -> BotMessage:
        """The oldest bot message or edit that matches (part of its text, or a predicate) and that no
        ``expect`` has returned yet; waits for it. Raises AssertionError with the transcript."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            for index, message in self._unconsumed(thread_id):
                if wanted in message.text if isinstance(wanted, str) else wanted(message):
                    self.conversation.consumed.add(index)
                    return message
            remaining = deadline - loop.time()
            if remaining <= 0:
                raise AssertionError(f"no bot message matched {wanted!r} in {timeout} s\n{self.transcript()}")
            await self.conversation.changed.wait(remaining)

    async def expect_nothing(self, seconds: float = 0.3) -> None:
        """Raises AssertionError if the bot says anything new within the time (real seconds)."""
        before = len(self.bot_messages)
        await asyncio.sleep(seconds)
        if len(self.bot_messages) != before:
            raise AssertionError(f"the bot spoke although nothing was expected\n{self.transcript()}")

    def skip(self) -> None:
        """Count all that the bot said so far as consumed."""
        self.conversation.consumed.update(range(len(self.conversation.log)))

    @property
    def bot_messages(self) -> list[BotMessage]:
        """All bot messages and edits so far, as they were at their time."""
        return [_bot_message(spoken) for spoken in self.conversation.log if _is_speech(spoken)]

    @property
    def last(self) -> BotMessage:
        """The newest bot message or edit. Raises AssertionError if the bot never spoke."""
        messages = self.bot_messages
        if not messages:
            raise AssertionError("the bot has not said anything yet")
        return messages[-1]

    def buttons(self, message: BotMessage | None = None) -> list[str]:
        """Labels of the buttons under the given message, or under the newest one that still has any."""
        if message is not None:
            return message.buttons
        return next((shown.buttons for shown in self._shown() if shown.buttons), [])

    def transcript(self, thread_id: int | None = None) -> str:
        """What was said, one line each: who, [#number, topic, how], text, buttons."""
        lines = [_line(spoken) for spoken in self.conversation.log if _in_thread(spoken.message, thread_id)]
        return "\n".join(lines) or "(nothing was said)"

    def _unconsumed(self, thread_id: int | None) -> Iterable[tuple[int, BotMessage]]:
        for index, spoken in enumerate(self.conversation.log):
            if index not in self.conversation.consumed and _is_speech(spoken) and _in_thread(spoken.message, thread_id):
                yield index, _bot_message(spoken)

    def _shown(self) -> Iterable[BotMessage]:
        """Bot messages as they look now, newest first; a reply keyboard counts with its message."""
        seen: set[int] = set()
        for spoken in reversed(self.conversation.log):
            number = spoken.message["message_id"]
            if _is_speech(spoken) and number not in seen and number in self.conversation.messages:
                seen.add(number)
                yield _bot_message(spoken)


class ChatDriver(_Talk):
    """One person in one chat: their private chat with a bot, or a group they are in."""

    def __init__(self, world: World, conversation: Conversation, user_id: int) -> None:
        super().__init__(world, conversation)
        self.user = conversation.people[user_id]

    async def send(self, text: str, *, thread_id: int | None = None, reply_to: BotMessage | None = None) -> int:
        """Type a text; its message id."""
        content = text_content(text)
        if reply_to is not None:
            content["reply_to_message"] = reply_to.json
        return self._post(content, thread_id, text)

    async def start(self, payload: str = "") -> int:
        """Open the bot, by a deep link if there is a payload."""
        return await self.send(f"/start {payload}".strip())

    async def send_photo(
        self, data: bytes, caption: str = "", *, media_group_id: str | None = None, thread_id: int | None = None
    ) -> int:
        """Send a photo, or one of an album."""
        file = stored(self.world, "photo", data, "photo.jpg", "image/jpeg")
        content = media_content(self.world, "photo", file) | _caption(caption)
        return self._post(content | {"media_group_id": media_group_id}, thread_id, f"(photo) {caption}")

    async def send_document(
        self,
        name: str,
        data: bytes,
        mime: str = "application/octet-stream",
        caption: str = "",
        *,
        media_group_id: str | None = None,
        thread_id: int | None = None,
    ) -> int:
        """Send a file."""
        file = stored(self.world, "document", data, name, mime)
        content = media_content(self.world, "document", file) | _caption(caption)
        return self._post(content | {"media_group_id": media_group_id}, thread_id, f"(file {name}) {caption}")

    async def send_voice(self, data: bytes, duration: int = 1, *, thread_id: int | None = None) -> int:
        """Send a voice note (OGG/Opus)."""
        file = stored(self.world, "voice", data, mime="audio/ogg")
        return self._post(media_content(self.world, "voice", file, duration), thread_id, "(voice)")

    async def send_location(self, latitude: float, longitude: float, *, thread_id: int | None = None) -> int:
        """Send a point on the map."""
        return self._post(location_content(latitude, longitude), thread_id, "(location)")

    async def send_sticker(self, *, thread_id: int | None = None) -> int:
        """Send a sticker."""
        file = stored(self.world, "sticker", b"RIFF", "sticker.webp", "image/webp")
        return self._post(sticker_content(file.json), thread_id, "(sticker)")

    async def share_contact(self, phone: str, user_id: int | None = None) -> int:
        """Share one's own phone number, or another person's contact."""
        owner = self.user["id"] if user_id is None else user_id
        contact = {"phone_number": phone, "first_name": self.user["first_name"], "user_id": owner}
        return self._post({"contact": contact}, None, "(contact)")

    async def send_raw(self, *, thread_id: int | None = None, **content: object) -> int:
        """Send a message with any other content, such as ``dice={...}``."""
        return self._post(dict(content), thread_id, f"({', '.join(content)})")

    def send_service(self, **content: object) -> int:
        """What Telegram reports about the chat in a message of this person's."""
        return self._post(dict(content), None, "[service]")

    async def edit(self, message_id: int, text: str) -> None:
        """Change an own text."""
        message = self.conversation.messages[message_id] | text_content(text) | {"edit_date": int(time.time())}
        self.conversation.messages[message_id] = message
        self.conversation.say(Spoken(self.user["first_name"], "edit", message, note=text))
        self._notify("edited_message", message)

    async def press(self, label_or_data: str, message: BotMessage | None = None) -> CallbackPress:
        """Press the button with this label, callback data or (if none is equal) part of a label: under the newest
        message that has it, or under ``message`` as it was then. A button of a reply keyboard sends its label and
        counts as answered. Raises AssertionError naming the buttons there are."""
        candidates = [message] if message is not None else list(self._shown())
        for fits in (_equals, _contains):
            for shown in candidates:
                for button in shown.inline:
                    if fits(button, label_or_data):
                        return self._press_inline(shown, button)
                for label in shown.buttons:
                    if not shown.inline and fits({"text": label}, label_or_data):
                        await self.send(label)
                        return CallbackPress("", {"text": label}, answered=True)
        there_are = [shown.buttons for shown in candidates if shown.buttons]
        raise AssertionError(f"no button {label_or_data!r}; there are {there_are}\n{self.transcript()}")

    def _press_inline(self, shown: BotMessage, button: Json) -> CallbackPress:
        if "callback_data" not in button:
            raise AssertionError(f"the button {button['text']!r} opens {button} and calls nothing back")
        bot = self.conversation.bots[shown.json["from"]["id"]]
        press = CallbackPress(f"{next(_callback_numbers)}{secrets.randbits(32)}", button)
        bot.callbacks[press.id] = press
        self.conversation.say(Spoken(self.user["first_name"], "press", shown.json, note=button["text"]))
        current = self.conversation.messages.get(shown.message_id)
        bot.queue.add(
            "callback_query",
            {
                "id": press.id,
                "from": self.user,
                # Telegram gives only the place of a message that was deleted.
                "message": current or {"chat": self.conversation.json, "message_id": shown.message_id, "date": 0},
                "chat_instance": str(self.conversation.id),
                "data": button["callback_data"],
            },
        )
        return press

    def _post(self, content: Json, thread_id: int | None, note: str) -> int:
        if thread_id is not None and (thread_id not in self.conversation.topics):
            raise AssertionError(f"there is no topic {thread_id}")
        message = self.conversation.new_message(self.user, thread_id, **content)
        self.conversation.say(Spoken(self.user["first_name"], "message", message, note=note))
        self._notify("message", message)
        return int(message["message_id"])

    def _notify(self, kind: str, content: Json) -> None:
        for bot in self.conversation.bots.values():
            if bot.id not in self.conversation.gone:
                bot.queue.add(kind, content)


class UserDriver:
    """A person with an account."""

    def __init__(self, world: World, user: Json) -> None:
        self.world = world
        self.user = user

    @property
    def id(self) -> int:
        """The person's id, which is also that of their private chats."""
        return int(self.user["id"])

    def chat_with(self, bot: BotAccount) -> ChatDriver:
        """The private chat with a bot, made at the first call."""
        conversation = self.world.private.get((bot.id, self.id))
        if conversation is None:
            conversation = Conversation(self.id, "private", self.user["first_name"])
            conversation.people[self.id] = self.user
            conversation.bots[bot.id] = bot
            self.world.private[(bot.id, self.id)] = conversation
        return ChatDriver(self.world, conversation, self.id)

    def block(self, bot: BotAccount) -> None:
        """Block the bot; it is told by my_chat_member and by 403 from then on."""
        self._set_gone(bot, _BLOCKED)

    def unblock(self, bot: BotAccount) -> None:
        """Let the bot write again."""
        self._set_gone(bot, None)

    def deactivate(self, bot: BotAccount) -> None:
        """Delete the account: 403 from then on, without an update."""
        self.chat_with(bot).conversation.gone[bot.id] = _DEACTIVATED

    def _set_gone(self, bot: BotAccount, reason: str | None) -> None:
        conversation = self.chat_with(bot).conversation
        _change_membership(conversation, bot, self.user, reason)


class GroupDriver(_Talk):
    """A group as a whole; ``as_user`` gives one person in it."""

    def add(self, member: UserDriver | BotAccount) -> None:
        """Let a person or a bot in."""
        if isinstance(member, BotAccount):
            self.conversation.bots[member.id] = member
        else:
            self.conversation.people[member.id] = member.user

    def as_user(self, user: UserDriver) -> ChatDriver:
        """The group in the hands of one of its members."""
        return ChatDriver(self.world, self.conversation, user.id)

    @property
    def topics(self) -> list[Topic]:
        """Forum topics that are not deleted, oldest first."""
        return [topic for topic in self.conversation.topics.values() if not topic.deleted]

    def topic(self, name_part: str) -> Topic:
        """The newest topic whose name contains this. Raises AssertionError if there is none."""
        for topic in reversed(self.topics):
            if name_part in topic.name:
                return topic
        raise AssertionError(f"no topic {name_part!r}; there are {[topic.name for topic in self.topics]}")

    def delete_topic(self, thread_id: int) -> None:
        """Delete a topic as an administrator would; bots are not told."""
        forget_topic(self.conversation, self.conversation.topics[thread_id])

    def set_topic_rights(self, bot: BotAccount, *, can_manage_topics: bool) -> None:
        """Give or take the right to manage topics."""
        if can_manage_topics:
            self.conversation.topic_rights.add(bot.id)
        else:
            self.conversation.topic_rights.discard(bot.id)

    def migrate(self, chat_id: int, by: UserDriver, *, told: bool = True) -> None:
        """Go on as a supergroup with another id, topics and all: bots get both service messages (unless not `told`),
        and 400 with `migrate_to_chat_id` for the old id.
        """
        here = self.conversation
        left = Conversation(here.id, "group", here.title, people=here.people, bots=here.bots, moved_to=chat_id)
        old, here.id, here.type = here.id, chat_id, "supergroup"
        self.world.groups.update({old: left, chat_id: here})
        if told:
            ChatDriver(self.world, left, by.id).send_service(migrate_to_chat_id=chat_id)
            self.as_user(by).send_service(migrate_from_chat_id=old)

    def kick(self, bot: BotAccount, by: UserDriver) -> None:
        """Throw the bot out: my_chat_member, and 403 from then on."""
        _change_membership(self.conversation, bot, by.user, _KICKED)


def _change_membership(conversation: Conversation, bot: BotAccount, actor: Json, reason: str | None) -> None:
    old = conversation.member(bot.id)
    if reason is None:
        conversation.gone.pop(bot.id, None)
    else:
        conversation.gone[bot.id] = reason
    bot.queue.add(
        "my_chat_member",
        {
            "chat": conversation.json,
            "from": actor,
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": member_json(bot.json, "kicked") if reason else member_json(bot.json, "member"),
        },
    )


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}


def _is_speech(spoken: Spoken) -> bool:
    return spoken.bot_id != 0 and spoken.what in {"message", "edit"}


def _bot_message(spoken: Spoken) -> BotMessage:
    return BotMessage(spoken.message, edited=spoken.what == "edit")


def _in_thread(message: Json, thread_id: int | None) -> bool:
    return thread_id is None or message.get("message_thread_id") == thread_id


def _label(button: Json | str) -> str:
    return button if isinstance(button, str) else str(button["text"])


def _equals(button: Json, wanted: str) -> bool:
    return wanted in (button["text"], button.get("callback_data"))


def _contains(button: Json, wanted: str) -> bool:
    return wanted in button["text"]


def _line(spoken: Spoken) -> str:
    topic = spoken.message.get("message_thread_id")
    place = f"#{spoken.message['message_id']}" + (f" topic {topic}" if topic else "")
    if spoken.what == "press":
        return f"{spoken.who} [{place}] presses <{spoken.note}>"
    shown = BotMessage(spoken.message)
    how = "" if spoken.what == "message" else f" {spoken.what}"
    text = spoken.note or shown.text or f"({', '.join(set(spoken.message) - _PLAIN)})"
    buttons = "".join(f" <{label}>" for label in shown.buttons) if spoken.what != "delete" else ""
    return f"{spoken.who} [{place}{how}]: {text}{buttons}"


_PLAIN = {"message_id", "date", "chat", "from", "message_thread_id", "is_topic_message", "reply_markup"}
