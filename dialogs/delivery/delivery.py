"""What the notifier needs of a channel: a way to deliver, and who can be reached now."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from backend.contract.models.notices import FailedReason, NoticeOut

Later = Callable[[], Coroutine[Any, Any, bool]]
"""Ends with whether the receiver has it after all."""


class UndeliverableError(Exception):
    """A notice could not be delivered; `temporary` is tried again, and calls as the policy says."""

    def __init__(self, reason: FailedReason, retry_seconds: int = 30, later: Later | None = None) -> None:
        """`later`: for what the receiver may still come to see of this try."""
        super().__init__(reason)
        self.reason: FailedReason = reason
        self.retry_seconds = retry_seconds
        self.later = later


class Delivery(Protocol):
    """One messenger, or the web page."""

    @property
    def name(self) -> str:
        """A name of `backend.contract.channels`."""

    def open_addresses(self) -> Sequence[str] | None:
        """Who can be reached now; None when anybody can, at any time."""

    async def deliver(self, notice: NoticeOut) -> None:
        """Return once the receiver has it; raises UndeliverableError."""
