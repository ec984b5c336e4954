"""Request templates: checked, shown, tried."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from backend.contract.faults import suggestion
from backend.contract.message import Message, Words
from cli.options import CityFile, Language, PolicyFile, TemplateFolder, read_chosen
from cli.terminal import fail, wording_of
from cli.written import read_written
from dialogs.wording import Wording

if TYPE_CHECKING:
    import authoring
    from dialogs.templates.scenario import Scenario

app = typer.Typer(help="Request templates: check them, read them, try them.", no_args_is_help=True)


@app.command("check")
def scenarios_check(
    scenarios: TemplateFolder = None, city: CityFile = None, policy: PolicyFile = None, language: Language = None
) -> None:
    """Name every mistake as file:line, with a suggestion; exits with 1 if there is one."""
    import authoring

    chosen, wording = read_chosen(scenarios, city, policy), wording_of(language)
    faults = authoring.check(chosen)
    for fault in faults:
        typer.echo(wording.fault(fault), err=True)
    folder = authoring.folder(chosen)
    count = len(list(folder.glob("[!_]*.yaml")))
    told = Message("template.checked", {"folder": str(folder), "count": count, "faults": len(faults)})
    typer.echo(wording.text(told))
    raise typer.Exit(1 if faults else 0)


@app.command("show")
def scenarios_show(
    scenario: str,
    language: Language = None,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """A template as a person meets it: its questions, options and conditions, and who handles it."""
    import authoring
    from dialogs import console

    wording = wording_of(language)
    written = read_written(read_chosen(scenarios, city, policy), wording)
    found = _scenario(scenario, written, wording)
    typer.echo(console.show(found, wording.language, authoring.handled_by(written, scenario)))


@app.command("schema")
def scenarios_schema() -> None:
    """JSON Schema of a template, for editors."""
    from dialogs.templates.schema import scenario_schema

    typer.echo(json.dumps(scenario_schema(), ensure_ascii=False, indent=2))


@app.command("try")
def scenarios_try(
    scenario: str,
    language: Language = None,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """Fill a template here on the command line; nothing is filed."""
    from dialogs import console
    from dialogs.engine import Engine

    wording = wording_of(language)
    written = read_written(read_chosen(scenarios, city, policy), wording)
    zone = written.policy.zone()
    engine = Engine(render=lambda words, tag: Wording(tag).text(words), timezone=zone)
    found = _scenario(scenario, written, wording)
    console.try_(found, engine, wording.language, lambda: datetime.now(zone))


def _scenario(name: str, written: authoring.Written, wording: Wording) -> Scenario:
    found = written.scenarios.get(name)
    if found is None:
        reason: Words = Message("template.none", {"id": name})
        if hint := suggestion(name, written.scenarios):
            reason = Message("fault.with_hint", {"reason": reason, "hint": hint})
        fail([wording.text(reason)])
        raise AssertionError
    return found
