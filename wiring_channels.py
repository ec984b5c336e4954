"""Makes the channels and the phone from the settings; their libraries are large, so only who runs them imports it."""

from __future__ import annotations

import os
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from pathlib import Path

from aiohttp import web
from redis.asyncio import Redis

import authoring
from backend.api.health import ask_clock, ask_redis
from backend.contract.channels import TELEGRAM, TELEGRAM_STAFF
from backend.contract.clock import Clock
from backend.contract.faults import NamedFault, Refused
from backend.contract.models.organisation import CityOut
from backend.probe import Ask
from backend.rules.policy.file import load_policy
from bot.app import Bots, BotSettings
from bot.messenger.house import Account
from bot.web.deps import CallPanel
from bot.web.guard import is_own_origin
from bot.web.pace import Pace
from dialogs import weights
from dialogs.conversation_data import ConversationData
from dialogs.finder import MixtureFinder, open_embedder
from dialogs.speech import delivery
from dialogs.templates import loader
from dialogs.templates.districts import district_tree
from dialogs.understanding.language_model import LanguageModelSettings
from ivr.app import Phone, PhoneSettings
from ivr.audiosocket.settings import AudioSocketSettings
from ivr.outbound.sms import SmsSettings
from ivr.page import app as page_phone
from ivr.page.app import PageDeps
from ivr.page.assets import PanelAssets
from ivr.page.network import Network
from ivr.sip.settings import NumberForm, SipSettings, Srtp, Tls, Trunk
from settings import Settings, SettingsError
from status import add_readiness, status_served
from wiring import revealed

_SETTING_OF = {
    "domain": "SIP_TRUNK",
    "user": "SIP_TRUNK_USER",
    "auth_user": "SIP_TRUNK_AUTH_USER",
    "password": "SIP_TRUNK_PASSWORD",
    "proxy": "SIP_TRUNK_PROXY",
    "shown": "SIP_CALLER_ID",
    "rtp_ports": "SIP_RTP_PORTS",
}
"""By what the phone calls it."""
_FINDER_SECONDS = 5.0
"""Who writes in the first moments of a process is offered the menu instead of waiting until the finder has loaded."""


def load_conversation_data(chosen: Settings, city: CityOut) -> ConversationData:
    """Raises FileFaults for templates that cannot be used."""
    weights.keep_in(chosen.models_dir / "weights")
    scenarios = loader.load_scenarios(authoring.folder(chosen), district_tree(city.districts))
    zone = load_policy(chosen.policy_path).zone()
    embedder = partial(open_embedder, chosen.models_dir / "phrases")
    return ConversationData(city, zone, scenarios, MixtureFinder(scenarios, embedder, _FINDER_SECONDS))


async def make_bots(
    chosen: Settings, redis: Redis | None, data: ConversationData, clock: Clock, stack: AsyncExitStack
) -> Bots:
    assert redis is not None
    bot_settings = BotSettings(
        backend_url=chosen.backend_url,
        channel_token=chosen.channel_token.get_secret_value(),
        secret=chosen.secret_key.get_secret_value().encode(),
        public_url=chosen.public_url,
        trusted_proxies=chosen.trusted_proxies,
        session_hours=chosen.session_hours,
        attachment_bytes=chosen.attachment_limit_bytes,
        speech_model=_speech_model(chosen),
        accounts=_accounts(chosen),
        language_model=_language_model(chosen),
    )
    assets = PanelAssets()
    panel = CallPanel(assets.script, assets.style, assets.modules) if chosen.call_button else None
    return await stack.enter_async_context(Bots.built(bot_settings, data, redis, clock, panel))


def _accounts(chosen: Settings) -> dict[str, Account]:
    secret = revealed(chosen.telegram_webhook_secret) if chosen.telegram_mode == "webhook" else ""
    tokens = {TELEGRAM.name: chosen.telegram_enterprise_token, TELEGRAM_STAFF.name: chosen.telegram_staff_token}
    return {
        name: Account(token.get_secret_value(), chosen.telegram_api_url, secret or None)
        for name, token in tokens.items()
        if token is not None
    }


def _language_model(chosen: Settings) -> LanguageModelSettings | None:
    if chosen.understanding_url is None:
        return None
    return LanguageModelSettings(
        chosen.understanding_url, chosen.understanding_model, revealed(chosen.understanding_token)
    )


async def make_phone(
    chosen: Settings, redis: Redis | None, data: ConversationData, clock: Clock, stack: AsyncExitStack
) -> Phone:
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
        sip=sip_settings(chosen),
        audiosocket=_audiosocket(chosen),
        sms=_sms(chosen),
        drain_seconds=chosen.ivr_drain_seconds,
    )
    built = Phone.built(phone_settings, data, redis, clock)
    return await stack.enter_async_context(built)


def _speech_model(chosen: Settings) -> Path | None:
    """The model that is there; without one the phone works by keys only, chats keep what is said, and both say so."""
    try:
        return delivery.locate(chosen.models_dir, chosen.vosk_model_path)
    except delivery.ModelUnavailable:
        return None


def sip_settings(chosen: Settings) -> SipSettings | None:
    """None where no SIP is spoken. Raises SettingsError for what SIP cannot carry."""
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
    except Refused as error:
        raise SettingsError(NamedFault(_SETTING_OF[str(error.place[0])], *error.told)) from None


def _trunk(chosen: Settings) -> Trunk | None:
    if not chosen.sip_trunk:
        return None
    return Trunk(
        domain=chosen.sip_trunk,
        user=chosen.sip_trunk_user,
        password=revealed(chosen.sip_trunk_password),
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
    return SmsSettings(chosen.sms_url, revealed(chosen.sms_token), secret=chosen.channel_token.get_secret_value())


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


def add_bot_status(server: web.Application, redis: Redis | None, clock: Clock) -> None:
    """What operators look at, on the address that the pages have."""
    add_readiness(server, {"redis": partial(ask_redis, redis), "clock": partial(ask_clock, clock)}, inside=True)


def phone_status(
    chosen: Settings, phone: Phone, redis: Redis | None, clock: Clock
) -> AbstractAsyncContextManager[str | None]:
    """What operators look at, served for the length of a block where IVR_STATUS_LISTEN is set."""
    asks: dict[str, Ask] = {
        "redis": partial(ask_redis, redis),
        "sip": phone.ask_sip,
        "clock": partial(ask_clock, clock),
    }
    token = revealed(chosen.metrics_token) or None
    return status_served(chosen.ivr_status_listen, asks, phone.meters.registry, token)
