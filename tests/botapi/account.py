"""Methods about the bot itself: who it is, how it gets updates, its menus."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.botapi.errors import ApiError, bad_request
from tests.botapi.params import Params
from tests.botapi.registry import Api, method
from tests.botapi.state import BotAccount, Webhook
from tests.botapi.updates import Json

_MAX_POLL_SECONDS = 50


@method("getMe")
async def get_me(_api: Api, bot: BotAccount, _params: Params) -> Json:
    """The bot as a User object."""
    return bot.json | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getUpdates")
async def get_updates(_api: Api, bot: BotAccount, params: Params) -> list[Json]:
    """Long polling; a newer call ends an older one that still waits with 409, as on Telegram."""
    if bot.webhook is not None:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active;"
            " use deleteWebhook to delete the webhook first",
        )
    queue = bot.queue
    _set_allowed(bot, params)
    offset = params.number("offset")
    if offset:
        queue.confirm(offset)
    limit = min(100, max(1, params.number("limit") or 100))
    queue.poll += 1
    turn = queue.poll
    queue.changed.fire()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(_MAX_POLL_SECONDS, max(0, params.number("timeout") or 0))
    while not (batch := queue.first(limit)):
        remaining = deadline - loop.time()
        if remaining <= 0 or not await queue.changed.wait(remaining):
            break
        if queue.poll != turn:
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        if bot.webhook is not None:
            raise ApiError(409, "Conflict: terminated by setWebhook request")
    return batch


@method("setWebhook")
async def set_webhook(api: Api, bot: BotAccount, params: Params) -> bool:
    """Push updates to a URL from now on; an empty one means deleteWebhook."""
    url = params.text("url")
    if not url:
        return await delete_webhook(api, bot, params)
    _set_allowed(bot, params)
    if params.flag("drop_pending_updates"):
        bot.queue.pending.clear()
    api.webhooks.stop(bot)
    bot.webhook = Webhook(url, params.text("secret_token") or "", params.number("max_connections") or 40)
    bot.queue.changed.fire()
    api.webhooks.start(bot)
    return True


@method("deleteWebhook")
async def delete_webhook(api: Api, bot: BotAccount, params: Params) -> bool:
    """Back to long polling."""
    if params.flag("drop_pending_updates"):
        bot.queue.pending.clear()
    api.webhooks.stop(bot)
    bot.webhook = None
    return True


@method("getWebhookInfo")
async def get_webhook_info(_api: Api, bot: BotAccount, _params: Params) -> Json:
    """A WebhookInfo object."""
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(bot.queue.pending)}
    if bot.webhook is not None:
        info |= {"url": bot.webhook.url, "max_connections": bot.webhook.max_connections}
        if bot.webhook.last_error:
            info["last_error_message"] = bot.webhook.last_error
    if bot.queue.allowed:
        info["allowed_updates"] = sorted(bot.queue.allowed)
    return info


@method("setMyCommands")
async def set_my_commands(_api: Api, bot: BotAccount, params: Params) -> bool:
    """Keep the command list of a scope and language."""
    commands = params.json("commands") or []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        if not 1 <= len(name) <= 32 or not name.replace("_", "a").isalnum() or name.lower() != name:
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    bot.commands[_scope(params)] = commands
    return True


@method("getMyCommands")
async def get_my_commands(_api: Api, bot: BotAccount, params: Params) -> list[Json]:
    """The command list of a scope and language."""
    return bot.commands.get(_scope(params), [])


@method("deleteMyCommands")
async def delete_my_commands(_api: Api, bot: BotAccount, params: Params) -> bool:
    """Forget the command list of a scope and language."""
    bot.commands.pop(_scope(params), None)
    return True


@method("setChatMenuButton")
async def set_chat_menu_button(_api: Api, bot: BotAccount, params: Params) -> bool:
    """Keep the menu button of one private chat, or the default."""
    bot.menu_buttons[params.number("chat_id") or 0] = params.json("menu_button") or {"type": "default"}
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(_api: Api, bot: BotAccount, params: Params) -> Json:
    """The menu button of one private chat, or the default."""
    return bot.menu_buttons.get(params.number("chat_id") or 0) or bot.menu_buttons.get(0) or {"type": "commands"}


@method("setMyName", "setMyDescription", "setMyShortDescription")
async def set_profile_text(_api: Api, _bot: BotAccount, _params: Params) -> bool:
    """Accepted; no chat shows it."""
    return True


def _set_allowed(bot: BotAccount, params: Params) -> None:
    allowed: Any = params.json("allowed_updates")
    if allowed is not None:
        bot.queue.allowed = frozenset(allowed)


def _scope(params: Params) -> str:
    return json.dumps([params.json("scope") or {"type": "default"}, params.text("language_code") or ""], sort_keys=True)
