"""Pushing updates to webhooks: in order within a chat, again until the bot answers 2xx."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.botapi.state import BotAccount, Webhook
from tests.botapi.updates import Json

# Much shorter than Telegram's, so that tests of outages end soon.
_FIRST_RETRY = 0.05
_LAST_RETRY = 1.0
_ATTEMPT_TIMEOUT = aiohttp.ClientTimeout(total=60)


class WebhookPusher:
    """One task a bot that has a webhook, one below it for each chat with updates waiting."""

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def start(self, bot: BotAccount) -> None:
        """Push to the bot's webhook from now on."""
        self._tasks[bot.id] = asyncio.create_task(self._push(bot))

    def stop(self, bot: BotAccount) -> None:
        """Push no more; updates under way count as not delivered."""
        task = self._tasks.pop(bot.id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Stop all pushing."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _push(self, bot: BotAccount) -> None:
        webhook = bot.webhook
        assert webhook is not None
        lanes: dict[int, asyncio.Queue[Json]] = {}
        handed_out = 0
        slots = asyncio.Semaphore(webhook.max_connections)
        async with aiohttp.ClientSession(timeout=_ATTEMPT_TIMEOUT) as http, asyncio.TaskGroup() as group:
            while True:
                for update in [u for number, u in bot.queue.pending.items() if number > handed_out]:
                    handed_out = update["update_id"]
                    key = _sender(update)
                    if key not in lanes:
                        lanes[key] = asyncio.Queue()
                        group.create_task(_push_lane(http, bot, webhook, lanes[key], slots))
                    lanes[key].put_nowait(update)
                await bot.queue.changed.wait(3600.0)


async def _push_lane(
    http: aiohttp.ClientSession,
    bot: BotAccount,
    webhook: Webhook,
    lane: asyncio.Queue[Json],
    slots: asyncio.Semaphore,
) -> None:
    while True:
        update = await lane.get()
        pause = _FIRST_RETRY
        while update["update_id"] in bot.queue.pending:
            async with slots:
                webhook.last_error = await _attempt(http, webhook, update)
            if not webhook.last_error:
                bot.queue.pending.pop(update["update_id"], None)
                break
            await asyncio.sleep(pause)
            pause = min(_LAST_RETRY, pause * 2)


async def _attempt(http: aiohttp.ClientSession, webhook: Webhook, update: Json) -> str:
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
    try:
        async with http.post(webhook.url, json=update, headers=headers, allow_redirects=False) as response:
            if 200 <= response.status < 300:
                return ""
            return f"Wrong response from the webhook: {response.status} {response.reason}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"Connection failed: {type(error).__name__}"


def _sender(update: Json) -> int:
    content = next(value for name, value in update.items() if name != "update_id")
    chat = content.get("chat") or (content.get("message") or {}).get("chat") or {}
    return int(chat.get("id") or content.get("from", {}).get("id", 0))
