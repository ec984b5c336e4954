"""The organisation, loaded from its file."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

import wiring
from backend import database
from backend.actions import load_city, organisation_file
from backend.actions.first_passwords import hand_out_passwords
from cli.process import execute
from cli.terminal import say, show_passwords, told_in, wording_of
from settings import Settings

app = typer.Typer(help="The organisation: districts, departments, staff, duty list.", no_args_is_help=True)


@app.command("load")
def city_load(file: Annotated[Path, typer.Argument(help="organisation file; see docs/production.md")]) -> None:
    """Bring the organisation to what the file says; passwords of new staff are shown once."""

    async def load(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
        url = await wiring.open_database(chosen, stack)
        await database.migrate(url)
        async with database.opened(url, 3):
            loaded = await load_city.load_city(file, await wiring.today(chosen))
            await hand_out_passwords(show_passwords)
        say("city.loaded", departments=loaded.departments, duties=loaded.duties)

    with told_in(wording_of(None)):
        organisation_file.read_organisation(file)  # before a database is made in vain
    execute(load)
