"""What is asked of an installation: its settings, its schema, its interface."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import typer

import wiring
from backend import database
from backend.api.app import api_document
from cli.options import read_chosen
from cli.process import execute
from cli.terminal import say, wording_of
from settings import Settings, describe_settings

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Bring the database up to date, then leave."""
    execute(_migrate)


@app.command()
def settings() -> None:
    """All settings with their present values; secrets are not shown."""
    for row in describe_settings(read_chosen()):
        mark = " " if row.is_default else "*"
        typer.echo(f"{mark} {row.name} = {row.value}\n      {wording_of(None).text(row.description)}")


@app.command()
def openapi() -> None:
    """The OpenAPI 3.1 document of the backend."""
    typer.echo(json.dumps(api_document(), ensure_ascii=False, indent=2))


async def _migrate(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
    applied = await database.migrate(await wiring.open_database(chosen, stack))
    for name in applied:
        typer.echo(name)
    if not applied:
        say("run.migrated")
