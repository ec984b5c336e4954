"""Bench `talks`: how many messages an enterprise sends from the first to the filing, for each field that is required.

Made-up people, each with a first sentence and with what they would say if they were asked for a field, talk with the
real conversation on a real backend until their ticket is filed. A press counts like a message.
"""

from __future__ import annotations

import json
import statistics
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from pydantic import TypeAdapter

from backend.contract.client import BackendClient
from backend.contract.message import Message
from backend.rules.policy.file import load_policy
from bench.figures import Figure, Goal
from bench.servers import Servers, backend
from dialogs.commands import Verb
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Event, Incoming, Person, Press, Text
from dialogs.outputs import Ask, Button, Output, Rows, Say, Summarise
from dialogs.sessions import MemorySessions
from dialogs.templates import loader
from dialogs.templates.districts import district_tree
from dialogs.templates.scenario import Scenarios

GOAL = Goal("<=", 1.1)
FILE = Path(__file__).with_name("talks.jsonl")
_MOST = 60
"""Messages after which a talk is given up."""


@dataclass(frozen=True)
class Persona:
    scenario: str
    language: str
    first: str
    answers: Mapping[str, str]
    """What they would say if they were asked for a field."""
    tags: tuple[str, ...] = ()


@dataclass
class Talk:
    """One persona's."""

    persona: Persona
    sent: list[str] = field(default_factory=list)
    required: int = 0
    """Fields at the summary that the template requires."""
    filed: bool = False

    @property
    def ratio(self) -> float:
        return len(self.sent) / max(1, self.required)


@dataclass(frozen=True)
class Size:
    file: Path = FILE


_PERSONAS = TypeAdapter(list[Persona])


def personas(file: Path) -> list[Persona]:
    return _PERSONAS.validate_python([json.loads(line) for line in file.read_text("utf-8").splitlines() if line])


async def run(servers: Servers, size: Size) -> list[Figure]:
    """Rows for the table."""
    talks = await play_all(servers, personas(size.file))
    filed = [talk for talk in talks if talk.filed]
    found = [Figure(f"talks: filed (n={len(talks)})", len(filed) / max(1, len(talks)), "")]
    if filed:
        middle = statistics.median(talk.ratio for talk in filed)
        found.append(Figure("talks: messages sent for each required field, median", middle, "", goal=GOAL))
    return found


async def play_all(servers: Servers, people: Sequence[Persona]) -> list[Talk]:
    async with backend(servers) as served, aiohttp.ClientSession() as http:
        client = BackendClient.to(http, served.url, servers.service_token)
        city = await client.view_city()
        scenarios = loader.load_scenarios(loader.BUILT_IN, district_tree(city.districts))
        zone = load_policy(None).zone()
        conversation = EnterpriseTalk(
            lambda person: client.acting_as(person.key), MemorySessions(), scenarios, city, zone
        )
        conversation.warm_up()
        talks = [await _play(conversation, scenarios, one) for one in people]
        await conversation.close()
    return talks


async def _play(conversation: EnterpriseTalk, scenarios: Scenarios, persona: Persona) -> Talk:
    talk, who = Talk(persona), Person("telegram", uuid.uuid4().hex, language=persona.language)
    event: Event | None = Text(persona.first)
    while event is not None and len(talk.sent) < _MOST:
        talk.sent.append(event.text if isinstance(event, Text) else getattr(event, "command", ""))
        reply = await conversation.handle(Incoming(who, str(len(talk.sent)), datetime.now(UTC), event))
        event = _next(talk, scenarios, reply.outputs)
    return talk


def _next(talk: Talk, scenarios: Scenarios, outputs: Sequence[Output]) -> Event | None:
    """What the person does now; None when it is filed, or when they do not know what to do."""
    if _is_wrong(talk, scenarios, outputs):
        return Press(Verb.ANOTHER)
    for output in reversed(outputs):
        match output:
            case Summarise():
                questions = scenarios[talk.persona.scenario].by_id
                named = [questions[line.field] for line in output.lines if line.field in questions]
                talk.required = sum(one.spec.required for one in named)
                return Press(_flat(output.controls)[0].command)
            case Ask(field=name) if name in talk.persona.answers and talk.persona.answers[name] not in talk.sent:
                return Text(talk.persona.answers[name])
            case Ask():
                return _pressed(output)
            case Say(text=Message(key="form.filed")):
                talk.filed = True
                return None
            case Say() if chosen := _offered(output.choices, talk.persona.scenario):
                return Press(chosen)
    return None


def _is_wrong(talk: Talk, scenarios: Scenarios, outputs: Sequence[Output]) -> bool:
    """Whether another matter's form began with the first sentence."""
    begun = [one.text for one in outputs if isinstance(one, Say) and isinstance(one.text, Message)]
    title = scenarios[talk.persona.scenario].template.localized_title
    return any(one.key == "loose.begun" and one.args["title"] != title for one in begun)


def _pressed(ask: Ask) -> Event | None:
    """Whoever was not understood presses what there is; with nothing to press they give up."""
    skip = [one for one in _flat(ask.controls) if one.command.startswith("skip")]
    buttons = [*_flat(ask.options), *skip]
    return Press(buttons[0].command) if buttons else None


def _offered(rows: Rows, scenario: str) -> str:
    """The button that begins the scenario that is meant, else the one for anything else."""
    commands = [one.command for one in _flat(rows)]
    meant = [one for one in commands if scenario in one.split(":")]
    return next(iter(meant or [one for one in commands if one == Verb.AS_STORY]), "")


def _flat(rows: Rows) -> list[Button]:
    return [one for row in rows for one in row]
