"""The single way out to Telegram: calls of the Bot API in its pace."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from aiogram import Bot, exceptions
from aiogram.methods import AnswerCallbackQuery, GetFile, SendChatAction, SendMediaGroup, TelegramMethod

from bot.messenger import pace
from bot.messenger.errors import Unreachable
from bot.messenger.outgoing import Outgoing, Priority
from bot.telegram.errors import error_of

_T = TypeVar("_T")

# These put nothing into the chat, do not count, and come too late if they queue.
_NOT_PACED = (AnswerCallbackQuery, SendChatAction, GetFile)


@dataclass(frozen=True)
class TelegramLimits(pace.SendingLimits):
    """Telegram's (core.telegram.org/bots/faq, "My bot is hitting limits")."""

    overall_rate: float = 28.0
    overall_burst: float = 2.0
    """With the rate never more than 30 in any second, Telegram's limit."""
    chat_rate: float = 1.0
    chat_burst: float = 3.0
    """Telegram bears short bursts."""
    group_count: int = 20
    group_seconds: float = 61.0
    """A second more than Telegram's minute, for the jitter of the way."""


class Sender(Outgoing):
    """Sends one bot's calls."""

    def __init__(
        self,
        bot: Bot,
        limits: pace.SendingLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vary: Callable[[float, float], float] = random.uniform,
    ) -> None:
        super().__init__(limits or TelegramLimits(), clock=clock, sleep=sleep, vary=vary)
        self._bot = bot

    async def send(
        self,
        chat_id: int,
        method: TelegramMethod[_T],
        *,
        group: bool = False,
        priority: Priority = Priority.REPLY,
    ) -> _T:
        """Make the call in its turn and give its result.

        A negative ``chat_id`` is a group in any case. Raises a ``SendError``: Blocked, ChatGone, TopicGone,
        NoTopicRights, Refused (NotModified), TokenRefused, Flooded, Unreachable, Abandoned. If the caller is
        cancelled before the turn comes, nothing is sent.
        """
        return await self.put(
            chat_id,
            lambda: self._made(method),
            group=group or chat_id < 0,
            weight=_weight(method),
            priority=priority,
        )

    async def _made(self, method: TelegramMethod[_T]) -> _T:
        try:
            return await self._bot(method)
        except exceptions.ClientDecodeError as error:
            # A gateway's HTML page in place of Telegram's JSON.
            raise Unreachable("the answer was not JSON") from error
        except exceptions.TelegramAPIError as error:
            raise error_of(error) from error


def _weight(method: TelegramMethod[_T]) -> int:
    if isinstance(method, _NOT_PACED):
        return 0
    return len(method.media) if isinstance(method, SendMediaGroup) else 1
