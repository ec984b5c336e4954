"""The register's list of enterprises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backend.actions import register
from cli.process import with_database
from cli.terminal import say

app = typer.Typer(help="Enterprises: their registered names.", no_args_is_help=True)


@app.command("import")
def enterprises_import(file: Annotated[Path, typer.Argument(help="CSV of credit codes and registered names")]) -> None:
    """Confirm the registered names that the register's list has; all of it or nothing."""

    async def load() -> None:
        done = await register.import_register(file)
        say("register.done", made=done.made, confirmed=done.confirmed, unchanged=done.unchanged)

    with_database(load)
