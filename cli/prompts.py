"""What the phone says, rendered ahead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.actions import organisation_entries
from cli.options import CityFile, PolicyFile, TemplateFolder, read_chosen
from cli.terminal import say, told_in, wording_of
from cli.written import read_written
from dialogs.speech import delivery
from ivr import voice
from settings import Settings

if TYPE_CHECKING:
    from ivr.voice import corpus

app = typer.Typer(help="What the phone says, rendered ahead.", no_args_is_help=True)


@app.command("build")
def prompts_build(
    folder: Annotated[Path, typer.Argument(help="of the prompts")] = voice.BUILT_IN,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """Render the texts that have no audio yet, in your city's words, and drop what nothing says any more."""
    from dialogs.speech import model
    from ivr.voice import audition, building, rendering

    chosen = read_chosen(scenarios, city, policy)
    wanted = _spoken_texts(chosen)
    with told_in(wording_of(None)):
        ear = model.load(delivery.locate(chosen.models_dir, chosen.vosk_model_path))
        renderer = rendering.Renderer(chosen.models_dir / "kokoro", audition.Audition(ear))
    count = building.build(
        folder, wanted, renderer.render, told=lambda done, due: say("prompt.progress", done=done, due=due)
    )
    say("prompt.rendered", count=count)


@app.command("check")
def prompts_check(
    folder: Annotated[Path, typer.Argument(help="of the prompts")] = voice.BUILT_IN,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """Name every text without audio, and audio without a text; fails if there is one."""
    from ivr.voice import building

    wanted = _spoken_texts(read_chosen(scenarios, city, policy))
    faults = [*building.unsayable(wanted), *building.check(folder, wanted)]
    for fault in faults:
        typer.echo(wording_of(None).fault(fault), err=True)
    say("prompt.checked", count=len(wanted), faults=len(faults))
    raise typer.Exit(1 if faults else 0)


def _spoken_texts(chosen: Settings) -> tuple[corpus.Wanted, ...]:
    from ivr.voice import corpus

    written = read_written(chosen, wording_of(None))
    return corpus.wanted(written.scenarios, organisation_entries.names(written.city, written.policy))
