"""How callers say what the hotline offers; the words stand in phrases.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backend.contract.yaml_source import read_source
from ivr.speech.phrases import Phrase

FILE = Path(__file__).with_name("phrases.yaml")

Said = tuple[str, ...]


class Phrasebook(BaseModel):
    """Phrases by what they mean; each group is what may be said at one question."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    menu: Mapping[str, Said]
    kinds: Mapping[str, Said]
    human: Said
    greetings: Said
    """What is said before anybody knows that they are heard; nothing that somebody wants."""
    unsure: Said
    """Neither yes nor no: without them the recogniser takes 不知道 for 不."""
    moment: Said
    """Whoever says so needs more time."""
    cries: Said
    """Cries for help that do not say what for."""
    repeat: Said
    yes: Said
    no: Said
    neither: Said
    more: Said
    finished: Said
    solved: Said
    unsolved: Said
    resume: Said
    anew: Said
    connect: Said
    stay: Said
    suits: Said
    """A call that we make comes at a good time."""
    later: Said
    declined: Said
    correct: Said
    confirm: Said
    everything: Said
    ordinals: Mapping[str, Said]
    """By the key that does the same."""


@dataclass(frozen=True)
class _Place:
    means: str
    at: tuple[str | int, ...]
    said: Said


@lru_cache(maxsize=1)
def phrasebook() -> Phrasebook:
    """The phrases shipped beside this module."""
    return Phrasebook.model_validate(read_source(FILE).data)


def written_phrases() -> list[list[Phrase]]:
    """Every group with the file and line of each phrase, to be held against the model's vocabulary."""
    source = read_source(FILE)
    return [
        [
            Phrase(place.means, text, f"{FILE.name}:{source.line((*place.at, number))}")
            for place in places
            for number, text in enumerate(place.said)
        ]
        for places in _groups(source.data)
    ]


def _groups(data: Mapping[str, Said | Mapping[str, Said]]) -> Iterator[list[_Place]]:
    for name, group in data.items():
        if isinstance(group, Mapping):
            yield [_Place(means, (name, means), said) for means, said in group.items()]
        else:
            yield [_Place(name, (name,), group)]
