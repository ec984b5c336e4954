"""What a conversation and a notice need of a messenger to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.messenger.outgoing import Priority
from bot.messenger.spot import Spot
from dialogs.chat import ChatMessage
from dialogs.outputs import Output

PressedT = TypeVar("PressedT", contravariant=True)


class Screen(Protocol[PressedT]):
    """One bot's view of its chats. Raises a `bot.messenger.errors.SendError` for what is not taken."""

    async def show(
        self,
        spot: Spot,
        outputs: Sequence[Output],
        language: str,
        *,
        account: str,
        pressed: PressedT | None = None,
        question: str = "",
    ) -> None:
        """Show a conversation's answer, which asks `question`. `pressed` is the message whose button it answers, where
        the messenger can change messages; `account` fetches files.
        """

    async def deliver(self, spot: Spot, message: ChatMessage, priority: Priority) -> None:
        """Show one message that nobody asked for."""

    async def deliver_file(self, spot: Spot, attachment: str, language: str, account: str, priority: Priority) -> None:
        """Show one file. Raises BackendError besides."""
