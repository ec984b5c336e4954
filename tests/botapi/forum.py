"""Methods about chats, their members and their forum topics."""

from __future__ import annotations

from tests.botapi.errors import bad_request
from tests.botapi.params import Params
from tests.botapi.registry import Api, method
from tests.botapi.state import BotAccount, Conversation, Spoken, Topic
from tests.botapi.updates import Json

_COLOURS = {7322096, 16766590, 13338331, 9367192, 16749490, 16478047}
_MAX_NAME = 128


@method("getChat")
async def get_chat(api: Api, bot: BotAccount, params: Params) -> Json:
    """A ChatFullInfo object."""
    chat = api.conversation(bot, params)
    return chat.json | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


@method("getChatMember")
async def get_chat_member(api: Api, bot: BotAccount, params: Params) -> Json:
    """A ChatMember object."""
    chat = api.conversation(bot, params)
    user_id = params.number("user_id")
    if not user_id:
        raise bad_request("invalid user_id specified")
    return chat.member(user_id)


@method("leaveChat")
async def leave_chat(api: Api, bot: BotAccount, params: Params) -> bool:
    """Go out of a group; the bot is told of it like of being thrown out."""
    chat = api.conversation(bot, params)
    if not chat.is_group:
        raise bad_request("chat can't be left")
    chat.gone[bot.id] = "bot is not a member of the supergroup chat"
    return True


@method("createForumTopic")
async def create_forum_topic(api: Api, bot: BotAccount, params: Params) -> Json:
    """A ForumTopic object; its thread id is that of the service message it starts with."""
    chat = _forum(api, bot, params, "create a topic")
    name = _name(params)
    colour = params.number("icon_color") or 7322096
    if colour not in _COLOURS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    content = {"name": name, "icon_color": colour}
    message = chat.new_message(bot.json, forum_topic_created=content)
    thread_id = message["message_id"]
    message |= {"message_thread_id": thread_id, "is_topic_message": True}
    chat.topics[thread_id] = Topic(thread_id, name)
    chat.say(Spoken(bot.username, "service", dict(message), bot.id, f"created topic {name}"))
    return {"message_thread_id": thread_id, **content}


@method("editForumTopic")
async def edit_forum_topic(api: Api, bot: BotAccount, params: Params) -> bool:
    """Rename a topic."""
    chat = _forum(api, bot, params, "edit the topic")
    topic = _topic(chat, params)
    name = topic.name if params.text("name") is None else _name(params)
    if name == topic.name and params.text("icon_custom_emoji_id") is None:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = name
    _service(chat, bot, topic, "forum_topic_edited", {"name": name})
    return True


@method("closeForumTopic")
async def close_forum_topic(api: Api, bot: BotAccount, params: Params) -> bool:
    """Close an open topic."""
    return _set_closed(api, bot, params, closed=True)


@method("reopenForumTopic")
async def reopen_forum_topic(api: Api, bot: BotAccount, params: Params) -> bool:
    """Open a closed topic again."""
    return _set_closed(api, bot, params, closed=False)


@method("deleteForumTopic")
async def delete_forum_topic(api: Api, bot: BotAccount, params: Params) -> bool:
    """Delete a topic with its messages."""
    chat = _forum(api, bot, params, "delete the topic")
    forget_topic(chat, _topic(chat, params))
    return True


def forget_topic(chat: Conversation, topic: Topic) -> None:
    """Take a topic and all its messages away."""
    topic.deleted = True
    for number in [n for n, message in chat.messages.items() if message.get("message_thread_id") == topic.id]:
        del chat.messages[number]
    chat.changed.fire()


def thread_for_sending(chat: Conversation, bot: BotAccount, params: Params) -> int | None:
    """The topic a message is meant for; None is the chat itself (in a forum, its General topic)."""
    thread_id = params.number("message_thread_id")
    if not thread_id:
        return None
    topic = chat.topics.get(thread_id)
    if topic is None or topic.deleted:
        raise bad_request("message thread not found")
    if topic.closed and bot.id not in chat.topic_rights:
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def _set_closed(api: Api, bot: BotAccount, params: Params, *, closed: bool) -> bool:
    chat = _forum(api, bot, params, "close the topic" if closed else "reopen the topic")
    topic = _topic(chat, params)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    _service(chat, bot, topic, "forum_topic_closed" if closed else "forum_topic_reopened", {})
    return True


def _forum(api: Api, bot: BotAccount, params: Params, what: str) -> Conversation:
    chat = api.conversation(bot, params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if bot.id not in chat.topic_rights:
        raise bad_request(f"not enough rights to {what}")
    return chat


def _topic(chat: Conversation, params: Params) -> Topic:
    topic = chat.topics.get(params.number("message_thread_id") or 0)
    if topic is None or topic.deleted:
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _name(params: Params) -> str:
    name = (params.text("name") or "").strip()
    if not name:
        raise bad_request("topic name must be non-empty")
    # Telegram cuts names that are too long rather than refusing them.
    return name[:_MAX_NAME]


def _service(chat: Conversation, bot: BotAccount, topic: Topic, kind: str, content: Json) -> None:
    message = chat.new_message(bot.json, topic.id, **{kind: content})
    chat.say(Spoken(bot.username, "service", dict(message), bot.id, kind))
