"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import told_in, wording_of
from settings import Settings, load_settings, misspelt, read_settings

TemplateFolder = Annotated[
    Path | None, typer.Option("--scenarios", help="folder of request templates, instead of SCENARIOS_PATH")
]
CityFile = Annotated[Path | None, typer.Option("--city", help="organisation file, instead of CITY_PATH")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="policy file, instead of POLICY_PATH")]
Language = Annotated[str | None, typer.Option(help="zh or en; else what the terminal speaks (LANG)")]


def read_chosen(
    scenarios: Path | None = None, city: Path | None = None, policy: Path | None = None, *, making: bool = False
) -> Settings:
    """What is given to the command wins over the environment and `.env`. `making`: also secrets that are needed."""
    given = {"scenarios_path": scenarios, "city_path": city, "policy_path": policy}
    wording = wording_of(None)
    for fault in misspelt():
        typer.echo(wording.fault(fault), err=True)
    with told_in(wording):
        load = load_settings if making else read_settings
        return load(**{name: path for name, path in given.items() if path is not None})
    raise AssertionError
