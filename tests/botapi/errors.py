"""The one error a Bot API method raises: what Telegram's reply says went wrong."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refused call, in the words of the public Bot API."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON body of the reply."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> ApiError:
    """A 400 whose description begins as all of Telegram's do."""
    return ApiError(400, f"Bad Request: {reason}")


def moved(chat_id: int) -> ApiError:
    """A 400 for a group that lives on under another id."""
    reason = "Bad Request: group chat was upgraded to a supergroup chat"
    return ApiError(400, reason, migrate_to_chat_id=chat_id)


def forbidden(reason: str) -> ApiError:
    """A 403: the person or group no longer takes messages from this bot."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """A 429 with the seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
