"""Plays one whole loop on throw-away storage."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import typer

import wiring
from backend import database
from backend.actions import city_views, load_city, organisation_file
from backend.actions.first_passwords import hand_out_passwords
from backend.api.app import build_app
from backend.api.serving import serving
from cli.process import execute
from cli.terminal import fail, say
from embedded import throwaway_dir
from settings import ListenAddress, Settings

app = typer.Typer()


@app.command()
def demo() -> None:
    """Play one whole loop on throw-away storage and show both sides; fails if any step fails."""
    execute(_run_demo, quiet=True)


async def _run_demo(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
    import wiring_channels
    from bot.demonstration import DemonstrationError, demonstrate

    folder = stack.enter_context(throwaway_dir())
    address = ListenAddress("127.0.0.1", wiring.free_port())
    throwaway = chosen.model_copy(
        update={
            "data_dir": folder,
            "attachments_dir": folder / "attachments",
            "database_url": None,
            "redis_url": None,
            "http_listen": address,
            "backend_url": f"http://{address}",
            "public_url": f"http://{address}",
            "telegram_enterprise_token": None,
            "telegram_staff_token": None,
        }
    )
    storage = await wiring.open_storage(throwaway, stack)
    await database.migrate(storage.database_url)
    deps = await wiring.open_deps(throwaway, storage, stack)
    await wiring.enact_policy(throwaway, deps)
    await load_city.load_city(organisation_file.DEMO_CITY, await wiring.today(chosen))
    passwords: dict[str, str] = {}
    await hand_out_passwords(passwords.update)
    await wiring.admit_channels(throwaway)
    data = wiring_channels.load_conversation_data(throwaway, await city_views.view_city(await deps.context()))
    bots = await wiring_channels.make_bots(throwaway, deps.redis, data, deps.clock, stack)
    server = build_app(deps)
    bots.add_routes(server)
    url = await stack.enter_async_context(serving(server, *address))
    await stack.enter_async_context(wiring.working(deps, 1))
    await stack.enter_async_context(bots.running())
    try:
        say("run.demonstrated", number=await demonstrate(url, passwords, typer.echo))
    except DemonstrationError as error:
        fail([str(error)])
