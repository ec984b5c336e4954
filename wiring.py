"""Makes the parts of jiesu from its settings: storage, backend, channels, phone, workers."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool, Redis

from backend import database
from backend.actions import organisation, policies, staff
from backend.actions.due_effects import plan_housekeeping
from backend.api.deps import Deps
from backend.api.health import ask_database, ask_redis
from backend.api.wakes import Wakes
from backend.contract.models import CityOut
from backend.contract.wakes import listen
from backend.contract.words import Scope
from backend.probe import Ask
from backend.rounds import Rounds
from backend.rules.policy import load_policy, version_taken
from backend.worker import Worker
from bot.app import CHANNELS, Bots, BotSettings
from bot.web.deps import CallPanel
from bot.web.guard import is_own_origin
from bot.web.pace import Pace
from dialogs.finder import MixtureFinder, open_embedder
from dialogs.ground import Ground
from dialogs.templates import loader
from dialogs.templates.districts import district_tree
from embedded import EmbeddedPostgres, EmbeddedValkey
from ivr import app as ivr_app
from ivr.app import Phone, PhoneSettings
from ivr.audiosocket.settings import AudioSocketSettings
from ivr.outbound.sms import SmsSettings
from ivr.page import app as page_phone
from ivr.page.app import PageDeps
from ivr.page.assets import PanelAssets
from ivr.page.network import Network
from ivr.sip.settings import NumberForm, SipSettings, Srtp, Tls, Trunk
from ivr.speech import delivery
from settings import Settings, SettingsError
from status import status_served

_REDIS_CONNECTIONS = 50
"""Of one process."""
_REDIS_WAIT = 10.0
"""Seconds a call may wait for one of them."""


@dataclass(frozen=True)
class Storage:
    database_url: str
    redis_url: str


async def open_storage(chosen: Settings, stack: AsyncExitStack) -> Storage:
    """The servers named in the settings, or private ones below DATA_DIR that stop with us."""
    database_url = chosen.database_url.get_secret_value() if chosen.database_url else None
    redis_url = chosen.redis_url.get_secret_value() if chosen.redis_url else None
    if database_url is None:
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, chosen.data_dir / "postgres")
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        database_url = postgres.url
    if redis_url is None:
        valkey = await asyncio.to_thread(EmbeddedValkey.start, chosen.data_dir / "valkey")
        stack.push_async_callback(asyncio.to_thread, valkey.stop)
        redis_url = valkey.url
    return Storage(database_url, redis_url)


async def open_given_redis(chosen: Settings, stack: AsyncExitStack) -> Redis:
    """For parts that run alone and know no database; REDIS_URL must be set."""
    assert chosen.redis_url is not None
    return await open_redis(chosen.redis_url.get_secret_value(), stack)


async def make_deps(chosen: Settings, storage: Storage, stack: AsyncExitStack) -> Deps:
    policy = load_policy(chosen.policy_path)
    return Deps(
        database_url=storage.database_url,
        redis=await open_redis(storage.redis_url, stack),
        policy=policy,
        calendar=policy.calendar(),
        timezone=policy.zone(),
        secret=chosen.secret_key.get_secret_value().encode(),
        attachments=chosen.attachments_dir,
        pool_size=chosen.db_pool_size,
        attachment_bytes=chosen.attachment_limit_bytes,
        metrics_token=chosen.metrics_token.get_secret_value() if chosen.metrics_token else None,
        trusted_proxies=chosen.trusted_proxies,
    )


async def enact_policy(chosen: Settings, deps: Deps) -> None:
    """Keep the policy for tickets accepted under it; raises PolicyError if its version meant other rules once."""
    if changed := await policies.enact(deps.policy, deps.now()):
        raise version_taken(chosen.policy_path, changed)


async def open_redis(url: str, stack: AsyncExitStack) -> Redis:
    # A crowd waits for a connection; the plain pool would raise for every caller above its limit.
    pool = BlockingConnectionPool.from_url(
        url, max_connections=_REDIS_CONNECTIONS, timeout=_REDIS_WAIT, socket_connect_timeout=3.0, socket_keepalive=True
    )
    redis = Redis.from_pool(pool)
    stack.push_async_callback(redis.aclose)
    return redis


def load_ground(chosen: Settings, city: CityOut) -> Ground:
    """Raises ScenarioFaults for templates that cannot be used."""
    scenarios = loader.load_scenarios(chosen.scenarios_path or loader.BUILT_IN, district_tree(city.districts))
    zone = load_policy(chosen.policy_path).zone()
    return Ground(city, zone, scenarios, MixtureFinder(scenarios, open_embedder))


async def make_bots(chosen: Settings, redis: Redis | None, ground: Ground, stack: AsyncExitStack) -> Bots:
    assert redis is not None
    bot_settings = BotSettings(
        backend_url=chosen.backend_url,
        channel_token=chosen.channel_token.get_secret_value(),
        secret=chosen.secret_key.get_secret_value().encode(),
        public_url=chosen.public_url,
        trusted_proxies=chosen.trusted_proxies,
        session_hours=chosen.session_hours,
        attachment_bytes=chosen.attachment_limit_bytes,
        telegram_api_url=chosen.telegram_api_url,
        telegram_tokens={
            name: token.get_secret_value()
            for name, token in (
                ("telegram", chosen.telegram_enterprise_token),
                ("telegram-staff", chosen.telegram_staff_token),
            )
            if token is not None
        },
        webhook_secret=(
            chosen.telegram_webhook_secret.get_secret_value()
            if chosen.telegram_mode == "webhook" and chosen.telegram_webhook_secret
            else None
        ),
    )
    assets = PanelAssets()
    panel = CallPanel(assets.script, assets.style) if chosen.call_button else None
    return await stack.enter_async_context(Bots.built(bot_settings, ground, redis, panel))


async def make_phone(chosen: Settings, redis: Redis | None, ground: Ground, stack: AsyncExitStack) -> Phone:
    assert redis is not None
    phone_settings = PhoneSettings(
        backend_url=chosen.backend_url,
        channel_token=chosen.channel_token.get_secret_value(),
        session_hours=chosen.session_hours,
        model=_speech_model(chosen),
        threads=os.cpu_count() or 1,
        prompts=chosen.prompts_dir,
        seat=chosen.ivr_seat,
        personal=chosen.ivr_personal,
        on_hangup=chosen.ivr_on_hangup,
        sip=_sip(chosen),
        audiosocket=_audiosocket(chosen),
        sms=_sms(chosen),
        drain_seconds=chosen.ivr_drain_seconds,
    )
    built = Phone.built(phone_settings, ground, redis)
    return await stack.enter_async_context(built)


def _speech_model(chosen: Settings) -> Path | None:
    """The model that is there; without one the phone works by keys only, and says so."""
    try:
        return delivery.locate(chosen.models_dir, chosen.vosk_model_path)
    except delivery.ModelUnavailable:
        return None


def _sip(chosen: Settings) -> SipSettings | None:
    if chosen.sip_listen is None:
        return None
    certificate, key = chosen.sip_tls_certificate, chosen.sip_tls_key
    try:
        return SipSettings(
            host=chosen.sip_listen.host,
            port=chosen.sip_listen.port,
            workers=chosen.ivr_workers,
            max_calls=chosen.ivr_max_calls,
            max_seconds=chosen.ivr_max_seconds,
            rtp_ports=(chosen.sip_rtp_ports.first, chosen.sip_rtp_ports.last),
            allowed=chosen.sip_allowed,
            transports=chosen.sip_transports,
            tls=Tls(certificate, key, chosen.sip_tls_ca) if certificate and key else None,
            srtp=Srtp(chosen.sip_srtp),
            trunk=_trunk(chosen),
        )
    except ValueError as error:
        raise SettingsError([f"SIP_...: {error}"]) from None


def _trunk(chosen: Settings) -> Trunk | None:
    if not chosen.sip_trunk:
        return None
    return Trunk(
        domain=chosen.sip_trunk,
        user=chosen.sip_trunk_user,
        password=_revealed(chosen.sip_trunk_password),
        auth_user=chosen.sip_trunk_auth_user,
        proxy=chosen.sip_trunk_proxy,
        transport=chosen.sip_trunk_transport,
        expiry=chosen.sip_register_seconds,
        shown=chosen.sip_caller_id,
        numbers=NumberForm(chosen.sip_trunk_numbers),
    )


def _sms(chosen: Settings) -> SmsSettings | None:
    if chosen.sms_url is None:
        return None
    return SmsSettings(chosen.sms_url, _revealed(chosen.sms_token), secret=chosen.channel_token.get_secret_value())


def _audiosocket(chosen: Settings) -> AudioSocketSettings | None:
    if chosen.audiosocket_listen is None:
        return None
    return AudioSocketSettings(
        host=chosen.audiosocket_listen.host,
        port=chosen.audiosocket_listen.port,
        allowed=chosen.audiosocket_allowed,
        max_calls=chosen.ivr_max_calls,
        max_seconds=chosen.ivr_max_seconds,
    )


def add_call_button(chosen: Settings, phone: Phone, server: web.Application) -> None:
    if not chosen.call_button:
        return
    pace = Pace(burst=5, per_second=0.1)
    ports = chosen.call_ports
    page_phone.add_routes(
        server,
        PageDeps(
            on_call=phone.handler,
            is_own=lambda request: is_own_origin(request, chosen.public_url),
            wait=pace.wait,
            trusted=chosen.trusted_proxies,
            network=Network(
                ports=range(ports.first, ports.last + 1) if ports is not None else None, announced=chosen.call_address
            ),
            max_calls=chosen.ivr_max_calls,
            max_seconds=chosen.ivr_max_seconds,
            drain_seconds=chosen.ivr_drain_seconds,
            refused=partial(phone.meters.refused, "page"),
        ),
    )


def phone_status(chosen: Settings, phone: Phone, redis: Redis | None) -> AbstractAsyncContextManager[str | None]:
    """What operators look at, served for the length of a block where IVR_STATUS_LISTEN is set."""
    asks: dict[str, Ask] = {"redis": partial(ask_redis, redis), "sip": phone.ask_sip}
    token = _revealed(chosen.metrics_token) or None
    return status_served(chosen.ivr_status_listen, asks, phone.meters.registry, token)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


@asynccontextmanager
async def working(deps: Deps, count: int) -> AsyncIterator[Rounds]:
    """Workers for the length of a block, and what can be seen of them; at its end each finishes the row in hand."""
    wakes, rounds = Wakes(deps.redis), Rounds()
    async with wakes.running():
        workers = [Worker(deps.context, wakes.add, rounds) for _ in range(count)]
        for one in workers:
            rounds.expect(one)
        await plan_housekeeping(await deps.context())
        tasks = [asyncio.create_task(one.run(), name="worker") for one in workers]
        stopping = asyncio.Event()

        def heard(name: str) -> None:
            for one in workers if name == "due" else ():
                one.notice()

        listener = asyncio.create_task(listen(deps.redis, heard, stopping), name="worker-wakes")
        try:
            yield rounds
        finally:
            stopping.set()
            for one in workers:
                one.stop()
            await asyncio.gather(*tasks, listener)


def worker_status(chosen: Settings, rounds: Rounds) -> AbstractAsyncContextManager[str | None]:
    """What operators look at, served for the length of a block where WORKER_STATUS_LISTEN is set."""
    asks = {"database": ask_database, "rounds": rounds.state}
    token = _revealed(chosen.metrics_token) or None
    return status_served(chosen.worker_status_listen, asks, rounds.registry, token)


async def first_city(chosen: Settings) -> dict[str, str]:
    """Load the organisation file, or the demo city, into a database that has none; passwords of new staff."""
    if chosen.city_path is None and await database.query("SELECT 1 FROM department LIMIT 1"):
        return {}
    loaded = await organisation.load_city(chosen.city_path or organisation.DEMO_CITY, today(chosen))
    return dict(loaded.passwords)


async def admit_channels(chosen: Settings) -> None:
    await staff.admit_service(
        staff.OWN_SERVICE, chosen.channel_token.get_secret_value(), Scope, (*CHANNELS, *ivr_app.CHANNELS)
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def today(chosen: Settings) -> date:
    return datetime.now(load_policy(chosen.policy_path).zone()).date()
