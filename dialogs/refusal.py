"""Why a file was not kept, in words: one key a code, the same in every channel."""

from __future__ import annotations

from backend.contract.errors import file_refusals
from backend.contract.message import Message

_KNOWN = file_refusals() | {"attachment-unavailable"}


def refusal(code: str) -> Message:
    """What to say, and what to do next; `code` is that of the backend's problem."""
    return Message(f"engine.rejected.{code if code in _KNOWN else 'attachment-unavailable'}")
