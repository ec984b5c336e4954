"""Methods with which a bot says something, changes it, or takes it back."""

from __future__ import annotations

import secrets
import time
from typing import Any

from tests.botapi.entities import parse_html
from tests.botapi.errors import bad_request, too_many_requests
from tests.botapi.forum import thread_for_sending
from tests.botapi.keyboards import checked_markup
from tests.botapi.media import found_file, media_content
from tests.botapi.params import Params
from tests.botapi.registry import Api, method
from tests.botapi.state import BotAccount, Conversation, Spoken
from tests.botapi.updates import Json, location_content

# Counted in code points after the markup is taken out.
_MAX_TEXT = 4096
_MAX_CAPTION = 1024
_MAX_CALLBACK_ANSWER = 200
_MAX_DOWNLOAD = 20 * 1024 * 1024
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


@method("sendMessage")
async def send_message(api: Api, bot: BotAccount, params: Params) -> Json:
    """A text."""
    return _post(api, bot, params, lambda: _text(params))


@method("sendPhoto")
async def send_photo(api: Api, bot: BotAccount, params: Params) -> Json:
    """A photo with an optional caption."""
    return _post_file(api, bot, params, "photo")


@method("sendDocument")
async def send_document(api: Api, bot: BotAccount, params: Params) -> Json:
    """A file with an optional caption."""
    return _post_file(api, bot, params, "document")


@method("sendVoice")
async def send_voice(api: Api, bot: BotAccount, params: Params) -> Json:
    """A voice note with an optional caption."""
    return _post_file(api, bot, params, "voice")


@method("sendVideo")
async def send_video(api: Api, bot: BotAccount, params: Params) -> Json:
    """A video with an optional caption."""
    return _post_file(api, bot, params, "video")


@method("sendLocation")
async def send_location(api: Api, bot: BotAccount, params: Params) -> Json:
    """A point on the map."""

    def content() -> Json:
        latitude, longitude = params.decimal("latitude"), params.decimal("longitude")
        if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
            raise bad_request("bad coordinates")
        return location_content(latitude, longitude)

    return _post(api, bot, params, content)


@method("sendMediaGroup")
async def send_media_group(api: Api, bot: BotAccount, params: Params) -> list[Json]:
    """An album: 2 to 10 photos, videos, documents or audio files as one burst of messages."""
    chat = api.conversation(bot, params)
    thread_id = thread_for_sending(chat, bot, params)
    media = params.json("media") or []
    if not 2 <= len(media) <= 10:
        raise bad_request("wrong number of media in the request: must be from 2 to 10")
    contents = []
    for item in media:
        kind = item.get("type", "")
        if kind not in {"photo", "video", "document", "audio"}:
            raise bad_request(f"can't parse InputMedia: type must be one of the known ones, not '{kind}'")
        file = found_file(api.world, params, kind, item.get("media"))
        caption = _caption(Params(item))
        contents.append(media_content(api.world, kind, file) | caption)
    _limit(api, bot, chat, len(contents))
    group_id = str(secrets.randbits(48))
    return [_said(chat, bot, thread_id, content | {"media_group_id": group_id}) for content in contents]


@method("editMessageText")
async def edit_message_text(api: Api, bot: BotAccount, params: Params) -> Json:
    """Another text, and keyboard, for a text message of the bot's own."""
    chat, message = _own_message(api, bot, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(api, bot, chat, message, {"entities": None} | _text(params) | _inline_markup(params))


@method("editMessageCaption")
async def edit_message_caption(api: Api, bot: BotAccount, params: Params) -> Json:
    """Another caption, and keyboard, for a media message of the bot's own."""
    chat, message = _own_message(api, bot, params)
    empty = {"caption": None, "caption_entities": None}
    return _edit(api, bot, chat, message, empty | _caption(params) | _inline_markup(params))


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(api: Api, bot: BotAccount, params: Params) -> Json:
    """Another inline keyboard, or none, for a message of the bot's own."""
    chat, message = _own_message(api, bot, params)
    return _edit(api, bot, chat, message, _inline_markup(params))


@method("deleteMessage")
async def delete_message(api: Api, bot: BotAccount, params: Params) -> bool:
    """Take a message away."""
    chat = api.conversation(bot, params)
    message = chat.messages.pop(params.number("message_id") or 0, None)
    if message is None:
        raise bad_request("message to delete not found")
    chat.say(Spoken(bot.username, "delete", message, bot.id))
    return True


@method("answerCallbackQuery")
async def answer_callback_query(_api: Api, bot: BotAccount, params: Params) -> bool:
    """End the waiting that a press of an inline button shows; once."""
    press = bot.callbacks.pop(params.text("callback_query_id") or "", None)
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text") or ""
    if len(text) > _MAX_CALLBACK_ANSWER:
        bot.callbacks[press.id] = press
        raise bad_request("MESSAGE_TOO_LONG")
    press.answered, press.answer, press.alert = True, text, params.flag("show_alert")
    press.changed.fire()
    return True


@method("sendChatAction")
async def send_chat_action(api: Api, bot: BotAccount, params: Params) -> bool:
    """Show "is typing"."""
    chat = api.conversation(bot, params)
    thread_for_sending(chat, bot, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    bot.actions.append(str(params.text("action")))
    return True


@method("getFile")
async def get_file(api: Api, _bot: BotAccount, params: Params) -> Json:
    """Where a file can be downloaded from; up to 20 MB."""
    file = api.world.files.get(params.text("file_id") or "")
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.data) > _MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return file.json | {"file_path": file.path}


def _post_file(api: Api, bot: BotAccount, params: Params, kind: str) -> Json:
    def content() -> Json:
        file = found_file(api.world, params, kind)
        return media_content(api.world, kind, file, params.number("duration") or 1) | _caption(params)

    return _post(api, bot, params, content)


def _post(api: Api, bot: BotAccount, params: Params, build: Any) -> Json:
    chat = api.conversation(bot, params)
    thread_id = thread_for_sending(chat, bot, params)
    content = build()
    markup = checked_markup(params.json("reply_markup"))
    content |= _reply(chat, params)
    _limit(api, bot, chat)
    return _said(chat, bot, thread_id, content, markup)


def _said(
    chat: Conversation, bot: BotAccount, thread_id: int | None, content: Json, markup: Json | None = None
) -> Json:
    # A message object carries inline keyboards only; the others belong to the chat.
    inline = markup if markup and "inline_keyboard" in markup else None
    message = chat.new_message(bot.json, thread_id, **content, reply_markup=inline)
    chat.say(Spoken(bot.username, "message", message | {"reply_markup": markup}, bot.id))
    return message


def _limit(api: Api, bot: BotAccount, chat: Conversation, messages: int = 1) -> None:
    over = api.limits.note(bot.id, chat.id, group=chat.is_group, now=time.monotonic(), messages=messages)
    if over is not None:
        raise too_many_requests(over.retry_after)


def _reply(chat: Conversation, params: Params) -> Json:
    wanted = params.json("reply_parameters") or {}
    number = wanted.get("message_id") or params.number("reply_to_message_id")
    if not number:
        return {}
    if number not in chat.messages:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    original = {name: value for name, value in chat.messages[number].items() if name != "reply_to_message"}
    return {"reply_to_message": original}


def _own_message(api: Api, bot: BotAccount, params: Params) -> tuple[Conversation, Json]:
    chat = api.conversation(bot, params)
    message = chat.messages.get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != bot.id:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(api: Api, bot: BotAccount, chat: Conversation, message: Json, changes: Json) -> Json:
    if all(message.get(name) == value for name, value in changes.items()):
        raise bad_request(
            "message is not modified: specified new message content and reply markup"
            " are exactly the same as a current content and reply markup of the message"
        )
    _limit(api, bot, chat)
    changed = {name: value for name, value in (message | changes).items() if value is not None}
    changed["edit_date"] = int(time.time())
    chat.messages[message["message_id"]] = changed
    chat.say(Spoken(bot.username, "edit", changed, bot.id))
    return changed


def _inline_markup(params: Params) -> Json:
    markup = checked_markup(params.json("reply_markup"))
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    # Leaving the keyboard out of an edit removes it, and so does an empty one.
    return {"reply_markup": markup if markup and any(markup["inline_keyboard"]) else None}


def _text(params: Params) -> Json:
    text, entities = _formatted(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > _MAX_TEXT:
        raise bad_request("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def _caption(params: Params) -> Json:
    text, entities = _formatted(params, "caption", "caption_entities")
    if len(text) > _MAX_CAPTION:
        raise bad_request("message caption is too long")
    found: Json = {"caption": text} if text else {}
    return found | ({"caption_entities": entities} if entities else {})


def _formatted(params: Params, name: str, entities_name: str) -> tuple[str, list[Json]]:
    source = params.text(name) or ""
    mode = (params.text("parse_mode") or "").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode:
        raise bad_request(f"unsupported parse_mode (this server reads HTML only, not {mode})")
    else:
        text, entities = source, params.json(entities_name) or []
    # Telegram trims the ends; a message of white space only is empty.
    return (text.rstrip(), entities) if text.strip() else ("", [])
