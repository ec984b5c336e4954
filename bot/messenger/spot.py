"""Where a bot writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """A chat, and where it has topics the topic."""

    chat: str
    """The messenger's id of it; for the chat with one person the address of their notices."""
    topic: int | None = None
