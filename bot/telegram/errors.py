"""Tells what Telegram's refusals mean."""

from __future__ import annotations

from aiogram import exceptions as aiogram_errors

from bot.messenger.errors import (
    Blocked,
    ChatGone,
    Flooded,
    NotModified,
    NoTopicRights,
    Refused,
    SendError,
    TokenRefused,
    TopicGone,
    Unreachable,
)


def error_of(error: aiogram_errors.TelegramAPIError) -> SendError:
    """Our error for what Telegram answered."""
    words = error.message
    said = words.lower()
    match error:
        case aiogram_errors.TelegramRetryAfter():
            return Flooded("flood wait", float(error.retry_after))
        case aiogram_errors.TelegramEntityTooLarge():
            return Refused(words)  # for aiogram it is a network error, but no later try can succeed
        case aiogram_errors.TelegramNetworkError() | aiogram_errors.TelegramServerError():
            return Unreachable(type(error).__name__)
        case aiogram_errors.TelegramMigrateToChat():
            return ChatGone(words, str(error.migrate_to_chat_id))
        case aiogram_errors.TelegramForbiddenError():
            return Blocked(words) if _is_about_a_person(said) else ChatGone(words)
        case aiogram_errors.TelegramUnauthorizedError():
            return TokenRefused(words)
        case aiogram_errors.TelegramBadRequest() | aiogram_errors.TelegramNotFound():
            return next((kind(words) for part, kind in _BAD_REQUESTS if part in said), Refused(words))
    return Refused(words)


# Telegram has no error codes finer than the HTTP status, only these words (looked for in lower case).
_BAD_REQUESTS: tuple[tuple[str, type[SendError]], ...] = (
    ("message is not modified", NotModified),
    ("message thread not found", TopicGone),
    ("topic_id_invalid", TopicGone),
    ("topic_deleted", TopicGone),
    ("not enough rights to", NoTopicRights),
    ("the chat is not a forum", NoTopicRights),
    ("chat not found", ChatGone),
    ("chat_id is empty", ChatGone),
    ("peer_id_invalid", ChatGone),
    ("group chat was deactivated", ChatGone),
    ("chat_write_forbidden", ChatGone),
    ("user is deactivated", Blocked),
)


def _is_about_a_person(said: str) -> bool:
    return "blocked by the user" in said or "user is deactivated" in said or "can't initiate conversation" in said
