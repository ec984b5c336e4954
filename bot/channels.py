"""The messengers of this house, a line for each: its channels, and the folder that speaks them."""

from __future__ import annotations

from dataclasses import dataclass

from backend.contract.channels import DECLARED, TELEGRAM, TELEGRAM_STAFF


@dataclass(frozen=True)
class Registered:
    channels: tuple[str, ...]
    module: str
    """Where its `bots` is, a `bot.messenger.house.Make`. Imported only where a bot has an account: it may be large."""


MESSENGERS: tuple[Registered, ...] = (Registered((TELEGRAM.name, TELEGRAM_STAFF.name), "bot.telegram.bots"),)


def channel_names() -> tuple[str, ...]:
    """Of all channels that the house speaks for."""
    every = (*(one.name for one in DECLARED), *(name for one in MESSENGERS for name in one.channels))
    return tuple(dict.fromkeys(every))
