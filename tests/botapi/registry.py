"""The table of Bot API methods, by their names in lower case as Telegram compares them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tests.botapi.errors import bad_request, forbidden, moved
from tests.botapi.limits import FloodLimits
from tests.botapi.params import Params
from tests.botapi.state import BotAccount, Conversation, World


class WebhookSwitch(Protocol):
    """Starts and stops pushing a bot's updates."""

    def start(self, bot: BotAccount) -> None:
        """Push to the bot's webhook from now on."""

    def stop(self, bot: BotAccount) -> None:
        """Push no more."""


@dataclass
class Api:
    """What methods work on."""

    world: World
    webhooks: WebhookSwitch
    limits: FloodLimits = field(default_factory=FloodLimits)

    def conversation(self, bot: BotAccount, params: Params) -> Conversation:
        """The chat named by chat_id, if this bot may write there."""
        name = params.text("chat_id")
        if not name:
            raise bad_request("chat_id is empty")
        number = name.removeprefix("-")
        found = self.world.conversation(bot, int(name)) if number.isdecimal() else None
        if found is None:
            raise bad_request("chat not found")
        if found.moved_to:
            raise moved(found.moved_to)
        if bot.id in found.gone:
            raise forbidden(found.gone[bot.id])
        return found


Method = Callable[[Api, BotAccount, Params], Awaitable[Any]]
_M = TypeVar("_M", bound=Method)

METHODS: dict[str, tuple[str, Method]] = {}
"""Spelling and function, by the name in lower case."""


def method(*names: str) -> Callable[[_M], _M]:
    """Enter a function into the table under each name."""

    def enter(function: _M) -> _M:
        METHODS.update({name.lower(): (name, function) for name in names})
        return function

    return enter
