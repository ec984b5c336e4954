"""The parts of which an installation is made, each a process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import typer
from aiohttp import web

import preflight
import wiring
from backend import database
from backend.actions import city_views
from backend.actions.first_passwords import hand_out_passwords
from backend.api.app import build_app
from backend.api.health import METERS
from backend.api.serving import serving
from backend.contract.client import BackendClient
from backend.contract.message import Message, Words
from cli.options import CityFile, PolicyFile, TemplateFolder, read_chosen
from cli.process import execute, require_migrated
from cli.terminal import say, show_passwords
from settings import Settings

if TYPE_CHECKING:
    from bot.app import Bots
    from ivr.app import Phone

app = typer.Typer()


@app.command()
def run(scenarios: TemplateFolder = None, city: CityFile = None, policy: PolicyFile = None) -> None:
    """Everything in one process: databases of its own unless given, backend, worker, web chat, bots."""
    execute(_run_all, read_chosen(scenarios, city, policy, making=True), serves=True)


@app.command()
def backend() -> None:
    """The backend's API alone. Needs DATABASE_URL and REDIS_URL."""
    execute(_run_backend, needs_servers=True, serves=True)


@app.command()
def worker() -> None:
    """The worker alone: deadlines, warnings, escalation, reminders. Any number may run."""
    execute(_run_worker, needs_servers=True, serves=True)


@app.command()
def bot() -> None:
    """The channels alone: web chat on BOT_LISTEN, and the Telegram bots whose tokens are set."""
    execute(_run_bot, needs_redis=True, serves=True)


@app.command()
def ivr() -> None:
    """The phone alone: SIP, AudioSocket, and the call button's addresses on IVR_LISTEN."""
    execute(_run_ivr, needs_redis=True, serves=True)


async def _run_all(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    import wiring_channels

    await preflight.check_all(chosen)
    storage = await wiring.open_storage(chosen, stack)
    await database.migrate(storage.database_url)
    deps = await wiring.open_deps(chosen, storage, stack)
    await wiring.enact_policy(chosen, deps)
    await wiring.first_city(chosen)
    await wiring.admit_channels(chosen)
    data = wiring_channels.load_conversation_data(chosen, await city_views.view_city(await deps.context()))
    phone = await wiring_channels.make_phone(chosen, deps.redis, data, deps.clock, stack)
    bots = await wiring_channels.make_bots(chosen, deps.redis, data, deps.clock, stack)
    server = build_app(deps)
    server[METERS].registry.register(phone.meters.registry)
    bots.add_routes(server)
    wiring_channels.add_call_button(chosen, phone, server)
    url = await stack.enter_async_context(serving(server, *chosen.http_listen))
    rounds = await stack.enter_async_context(wiring.working(deps, chosen.worker_concurrency))
    await stack.enter_async_context(wiring.worker_status(chosen, rounds, deps.clock))
    await stack.enter_async_context(bots.running())
    await stack.enter_async_context(phone.running())
    await stack.enter_async_context(wiring_channels.phone_status(chosen, phone, deps.redis, deps.clock))
    await hand_out_passwords(show_passwords)
    _show_addresses(url, bots)
    show_phone(chosen, phone)
    _show_how_to_stop()
    await stop.wait()


async def _run_backend(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    await preflight.check_backend(chosen)
    deps = await wiring.open_deps(chosen, await wiring.open_storage(chosen, stack), stack)
    await require_migrated()
    await wiring.enact_policy(chosen, deps)
    await wiring.admit_channels(chosen)
    url = await stack.enter_async_context(serving(build_app(deps), *chosen.http_listen))
    typer.echo(f"backend  {url}/api/v1/openapi.json")  # no words: to read them takes 3 MB, which would stay taken
    await stop.wait()


async def _run_worker(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    await preflight.check_worker(chosen)
    deps = await wiring.open_deps(chosen, await wiring.open_storage(chosen, stack), stack)
    await require_migrated()
    await wiring.enact_policy(chosen, deps)
    rounds = await stack.enter_async_context(wiring.working(deps, chosen.worker_concurrency))
    url = await stack.enter_async_context(wiring.worker_status(chosen, rounds, deps.clock))
    typer.echo(f"worker  {url}/readyz" if url else "worker  -")
    await stop.wait()


async def _run_bot(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    import wiring_channels

    await preflight.check_bot(chosen)
    redis = await wiring.open_given_redis(chosen, stack)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = BackendClient.to(session, chosen.backend_url, chosen.channel_token.get_secret_value())
    clock = await wiring.watched_clock(client.ask_time, stack)
    data = wiring_channels.load_conversation_data(chosen, await client.view_city())
    bots = await wiring_channels.make_bots(chosen, redis, data, clock, stack)
    server = web.Application()
    bots.add_routes(server)
    wiring_channels.add_bot_status(server, redis, clock)
    url = await stack.enter_async_context(serving(server, *chosen.bot_listen))
    await stack.enter_async_context(bots.running())
    _show_addresses(url, bots)
    _show_how_to_stop()
    await stop.wait()


async def _run_ivr(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    import wiring_channels

    await preflight.check_ivr(chosen)
    redis = await wiring.open_given_redis(chosen, stack)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = BackendClient.to(session, chosen.backend_url, chosen.channel_token.get_secret_value())
    clock = await wiring.watched_clock(client.ask_time, stack)
    data = wiring_channels.load_conversation_data(chosen, await client.view_city())
    phone = await wiring_channels.make_phone(chosen, redis, data, clock, stack)
    server = web.Application()
    wiring_channels.add_call_button(chosen, phone, server)
    await stack.enter_async_context(serving(server, *chosen.ivr_listen))
    await stack.enter_async_context(phone.running())
    await stack.enter_async_context(wiring_channels.phone_status(chosen, phone, redis, clock))
    show_phone(chosen, phone)
    await stop.wait()


def _show_addresses(url: str, bots: Bots) -> None:
    say("run.pages", url=url)
    say("run.api", url=url)
    for address in bots.addresses:
        say("run.messenger", url=address)


def show_phone(chosen: Settings, phone: Phone) -> None:
    ways: list[Words] = [f"sip:{chosen.sip_listen}"] if chosen.sip_listen is not None else []
    ways += [f"audiosocket:{chosen.audiosocket_listen}"] if chosen.audiosocket_listen is not None else []
    ways += [Message("run.call_button")] if chosen.call_button else []
    for way in ways or [Message("run.phone_off")]:
        say("run.phone", way=way)
    if ways and not phone.hears:
        say("run.keys_only")


def _show_how_to_stop() -> None:
    say("run.how_to_stop")
