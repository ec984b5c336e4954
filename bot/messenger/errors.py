"""What can become of a message that Telegram did not take."""

from __future__ import annotations

from aiogram import exceptions as aiogram_errors


class SendError(Exception):
    """A call to Telegram did not succeed."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description
        """Telegram's words; for the log, never for a person."""


class Blocked(SendError):
    """The person blocked the bot, or their account is gone: do not write to them until they write to us."""


class ChatGone(SendError):
    """There is no such chat for this bot, or the bot was thrown out of the group."""

    def __init__(self, description: str, moved_to: int | None = None) -> None:
        super().__init__(description)
        self.moved_to = moved_to
        """The id under which a group lives on after it became a supergroup."""


class TopicGone(SendError):
    """The forum topic was deleted: make it again."""


class NoTopicRights(SendError):
    """The bot may not manage topics in this group: use the private chat."""


class Refused(SendError):
    """Telegram finds fault with the call itself; the same call will never succeed."""


class NotModified(Refused):
    """The message already looks like that; what the edit wanted is so."""


class TokenRefused(SendError):
    """The bot token is wrong or was revoked."""


class Flooded(SendError):
    """Telegram wants a longer pause than a sender should wait."""

    def __init__(self, description: str, retry_after: float) -> None:
        super().__init__(description)
        self.retry_after = retry_after
        """Seconds until the chat may be written to again."""


class Unreachable(SendError):
    """No answer from Telegram, or only server errors, in all attempts: the call may or may not have had an effect."""


class Abandoned(SendError):
    """The sender was shut down before the call's turn came."""


def error_of(error: aiogram_errors.TelegramAPIError) -> SendError:
    """Our error for a final refusal by Telegram."""
    words = error.message
    said = words.lower()
    match error:
        case aiogram_errors.TelegramMigrateToChat():
            return ChatGone(words, error.migrate_to_chat_id)
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
