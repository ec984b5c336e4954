"""The command line of jiesu, put together."""

from __future__ import annotations

import io
import sys

import typer

from cli import city, demo, enterprises, installation, models, parts, prompts, scenarios, staff, tokens

app = typer.Typer(
    help="接诉 jiesu: how a city answers its businesses.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for group in (parts, demo, installation):
    app.add_typer(group.app)
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(city.app, name="city")
app.add_typer(enterprises.app, name="enterprises")
app.add_typer(staff.app, name="staff")
app.add_typer(tokens.app, name="token")
app.add_typer(models.app, name="models")
app.add_typer(prompts.app, name="prompts")


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Chinese ends no command, as on stderr
    app()
