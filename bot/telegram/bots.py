"""Makes Telegram's bots from their accounts: one for enterprises, one for staff."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messenger.house import Account, House
from bot.telegram.app import TelegramBot, Webhook, make_bot
from bot.telegram.enterprise import EnterpriseBot
from bot.telegram.staff import StaffBot
from dialogs.gathering import QUIET_SECONDS


def bots(house: House, accounts: Mapping[str, Account]) -> Mapping[str, TelegramBot]:
    """A `bot.messenger.house.Make`."""
    return {name: _bot(name, house, account) for name, account in accounts.items()}


def _bot(name: str, house: House, account: Account) -> TelegramBot:
    bot = make_bot(account.token, account.server)
    webhook = Webhook(house.public_url, account.webhook_secret) if account.webhook_secret is not None else None
    client, notices, redis, clock = house.client, house.notices, house.redis, house.clock
    if name == EnterpriseBot.CHANNEL:
        return EnterpriseBot(
            bot, house.enterprise, client, notices, redis, webhook=webhook, now=clock, quiet_seconds=QUIET_SECONDS
        )
    return StaffBot(bot, house.staff, client, notices, redis, webhook=webhook, now=clock)
