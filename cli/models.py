"""Models that are fetched."""

from __future__ import annotations

import typer

from cli.options import read_chosen
from cli.terminal import told_in, wording_of
from dialogs.speech import delivery

app = typer.Typer(help="Models that are fetched: the phone's ear.", no_args_is_help=True)


@app.command("fetch")
def models_fetch() -> None:
    """Have the speech model, downloading 44 MB unless it is there; prints its folder."""
    chosen = read_chosen()
    with told_in(wording_of(None)):
        if chosen.vosk_model_path is None:
            delivery.fetch(chosen.models_dir)
        typer.echo(delivery.locate(chosen.models_dir, chosen.vosk_model_path))
