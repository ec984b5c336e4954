"""Builders of the Bot API's JSON objects, and the queue in which a bot's updates wait."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.entities import utf16_length

Json = dict[str, Any]

# Telegram does not send these kinds unless they are named in allowed_updates.
_ONLY_IF_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_COMMAND = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}(?:@\w+)?")


class Signal:
    """Wakes all who wait for something to change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def fire(self) -> None:
        """Wake all who wait now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds; false if nothing changed."""
        try:
            await asyncio.wait_for(self._event.wait(), timeout)
        except TimeoutError:
            return False
        return True


@dataclass
class UpdateQueue:
    """A bot's unconfirmed updates, in the order in which they were made."""

    next_id: int
    pending: dict[int, Json] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    """Kinds asked for; empty: all usual ones."""
    poll: int = 0
    """Number of the newest getUpdates call; an older one that still waits is in conflict."""
    changed: Signal = field(default_factory=Signal)

    def add(self, kind: str, content: Json) -> int:
        """Queue an update; its id, or 0 if the bot did not ask for this kind."""
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in _ONLY_IF_ASKED):
            return 0
        update_id = self.next_id
        self.next_id += 1
        self.pending[update_id] = {"update_id": update_id, kind: content}
        self.changed.fire()
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget the updates below ``offset``; a negative one keeps that many of the newest."""
        if offset < 0:
            offset = min(itertools.islice(reversed(self.pending), -offset), default=0)
        for update_id in [known for known in self.pending if known < offset]:
            del self.pending[update_id]

    def first(self, limit: int) -> list[Json]:
        """The oldest unconfirmed updates."""
        return list(itertools.islice(self.pending.values(), limit))


def user_json(user_id: int, first_name: str, *, is_bot: bool = False, **more: str | None) -> Json:
    """A User object."""
    return _present({"id": user_id, "is_bot": is_bot, "first_name": first_name, **more})


def message_json(message_id: int, chat: Json, sender: Json, thread_id: int | None, **content: Any) -> Json:
    """A Message object with whatever content is given."""
    message: Json = {"message_id": message_id, "date": int(time.time()), "chat": chat, "from": sender}
    if thread_id is not None:
        message |= {"message_thread_id": thread_id, "is_topic_message": True}
    return message | _present(content)


def text_content(text: str) -> Json:
    """What a person typed, with its commands marked."""
    commands = [
        {"type": "bot_command", "offset": utf16_length(text[: match.start()]), "length": len(match[0])}
        for match in _COMMAND.finditer(text)
    ]
    return {"text": text} | ({"entities": commands} if commands else {})


def location_content(latitude: float, longitude: float) -> Json:
    """A location message's content."""
    return {"location": {"latitude": latitude, "longitude": longitude}}


def sticker_content(file: Json) -> Json:
    """A sticker message's content."""
    return {
        "sticker": file
        | {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }
    }


def member_json(user: Json, status: str, **rights: bool) -> Json:
    """A ChatMember object of the given status."""
    return {"user": user, "status": status, **_DEFAULTS_BY_STATUS.get(status, {}), **rights}


def inline_buttons(message: Json) -> Iterable[Json]:
    """The inline keyboard's buttons, row after row."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    return itertools.chain.from_iterable(rows)


_DEFAULTS_BY_STATUS: dict[str, Json] = {
    "kicked": {"until_date": 0},
    "administrator": {
        "can_be_edited": False,
        "is_anonymous": False,
        "can_manage_chat": True,
        "can_delete_messages": True,
        "can_manage_video_chats": False,
        "can_restrict_members": False,
        "can_promote_members": False,
        "can_change_info": False,
        "can_invite_users": True,
        "can_post_stories": False,
        "can_edit_stories": False,
        "can_delete_stories": False,
        "can_manage_topics": False,
        "can_send_welcome_messages": False,
        "can_pin_messages": True,
    },
}


def _present(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}
