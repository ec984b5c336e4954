"""Why a call was not taken, whichever way it came: the words of the measure."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    BUSY = "busy"
    """As many calls as may be were under way, or too many came from one place."""
    STRANGER = "stranger"
    """It came from where none may come."""
    CLOSED = "closed"
    """Nobody was there to talk: the phone is stopping."""
    UNFIT = "unfit"
    """Nothing that we can talk by was offered."""
