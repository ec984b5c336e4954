"""The phrases that work as commands when they are the whole message; the words stand in phrases.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dialogs.fields.typed import fold
from dialogs.templates.source import read_source
from dialogs.templates.template import Phrases as Said


@dataclass(frozen=True)
class Phrases:
    """Folded phrases of all languages together: a person may mix them."""

    commands: Mapping[str, str]
    """Phrase to verb."""
    answers: Mapping[str, bool]
    nothing: frozenset[str]
    before: tuple[str, ...]
    """What precedes the name of an answer to correct; longest first."""
    after: tuple[str, ...]

    def command(self, text: str) -> str:
        """The verb that is the whole of `text`, or nothing."""
        return self.commands.get(fold(text), "")

    def answer(self, text: str) -> bool | None:
        return self.answers.get(fold(text))

    def to_correct(self, text: str) -> str:
        """The (folded) name in "改 NAME" or "NAME 改一下", or nothing."""
        folded = fold(text)
        for phrase in self.before:
            if folded.startswith(phrase):
                return folded[len(phrase) :].strip()
        for phrase in self.after:
            if folded.endswith(phrase):
                return folded[: -len(phrase)].strip()
        return ""


@lru_cache(maxsize=1)
def read_phrases() -> Phrases:
    """The phrases shipped beside this module."""
    data = read_source(Path(__file__).with_name("phrases.yaml")).data
    correct = data["correct"]
    return Phrases(
        commands={phrase: verb for verb, said in data["commands"].items() for phrase in _folded(said)},
        answers={phrase: word == "yes" for word, said in data["answers"].items() for phrase in _folded(said)},
        nothing=frozenset(_folded(data["nothing"])),
        before=tuple(sorted(_folded(correct["before"]), key=len, reverse=True)),
        after=tuple(sorted(_folded(correct["after"]), key=len, reverse=True)),
    )


def _folded(said: object) -> list[str]:
    return [fold(phrase) for phrase in Said.model_validate(said).all]
