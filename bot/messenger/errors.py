"""What can become of a message that a messenger did not take."""

from __future__ import annotations


class SendError(Exception):
    """A call to the messenger did not succeed."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description
        """The messenger's words; for the log, never for a person."""


class Blocked(SendError):
    """The person blocked the bot, or their account is gone: do not write to them until they write to us."""


class ChatGone(SendError):
    """There is no such chat for this bot, or the bot was thrown out of the group."""

    def __init__(self, description: str, moved_to: str | None = None) -> None:
        super().__init__(description)
        self.moved_to = moved_to
        """The id under which the chat lives on, if it has another now."""


class TopicGone(SendError):
    """The topic was deleted: make it again."""


class NoTopicRights(SendError):
    """The bot may not manage topics in this group: use the private chat."""


class Refused(SendError):
    """The messenger finds fault with the call itself; the same call will never succeed."""


class NotModified(Refused):
    """The message already looks like that; what the edit wanted is so."""


class TokenRefused(SendError):
    """The bot token is wrong or was revoked."""


class Flooded(SendError):
    """The messenger wants a pause; past the queue, one that is longer than a caller should wait."""

    def __init__(self, description: str, retry_after: float) -> None:
        super().__init__(description)
        self.retry_after = retry_after
        """Seconds until the chat may be written to again."""


class Unreachable(SendError):
    """No answer, or an error of the messenger's own: the call may or may not have had an effect."""


class Abandoned(SendError):
    """The sender was shut down before the call's turn came."""
