"""`python -m bench.telegram_bot`: the enterprise bot as `jiesu bot` wires it, sending as fast as it can.

Telegram takes 30 messages a second, and our sender keeps to that. To measure the bot and not its brake, this one sends
without: no setting does that, and none should.
"""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

import aiohttp
import uvloop
from redis.asyncio import Redis

from backend.api import logs
from backend.contract.client import BackendClient
from backend.contract.clock import MachineClock
from backend.rules.policy.file import load_policy
from bot.messenger.pace import UNPACED
from bot.telegram.app import make_bot
from bot.telegram.enterprise import EnterpriseBot
from dialogs.enterprise import EnterpriseTalk
from dialogs.notices import Notices
from dialogs.sessions import RedisSessions
from dialogs.templates import loader
from dialogs.templates.districts import district_tree
from settings import Settings, load_settings

_SCENARIOS = loader.BUILT_IN


async def _run(settings: Settings) -> None:
    logs.configure(settings.log_format, settings.log_level)
    assert settings.redis_url is not None
    assert settings.telegram_enterprise_token is not None
    zone = load_policy(settings.policy_path).zone()
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    async with redis, aiohttp.ClientSession() as http:
        client = BackendClient.to(http, settings.backend_url, settings.channel_token.get_secret_value())
        city = await client.view_city()
        scenarios = loader.load_scenarios(_SCENARIOS, district_tree(city.districts))
        sessions = RedisSessions(redis, keep=timedelta(hours=settings.session_hours))
        talk = EnterpriseTalk(lambda person: client.acting_as(person.key), sessions, scenarios, city, zone)
        account = make_bot(settings.telegram_enterprise_token.get_secret_value(), settings.telegram_api_url)
        bot = EnterpriseBot(account, talk, client, Notices(scenarios, zone), redis, limits=UNPACED, now=MachineClock())
        talk.warm_up()
        running = asyncio.create_task(bot.run())
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await bot.stop()
        stopped.cancel()
        await running
        await talk.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `jiesu bot` runs; both sides alike
        runner.run(_run(load_settings()))
