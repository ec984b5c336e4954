"""The phrases that work as commands when they are the whole message; the words stand in phrases.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from dialogs.fields.typed import fold
from dialogs.templates.source import read_source
from dialogs.templates.template import Phrases as Said

T = TypeVar("T")

_LONGEST = 30
"""Characters of a command with everything round it."""


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
    around: re.Pattern[str]
    """A text with what politeness and dialects put round a phrase."""

    def command(self, text: str) -> str:
        """The verb that is the whole of `text`, or nothing."""
        return self._meant(self.commands, text) or ""

    def answer(self, text: str) -> bool | None:
        return self._meant(self.answers, text)

    def _meant(self, phrases: Mapping[str, T], text: str) -> T | None:
        """What the text means as it stands, else without what is said round it."""
        folded = fold(text)
        if folded in phrases or len(folded) > _LONGEST:
            return phrases.get(folded)
        bare = self.around.fullmatch(folded)
        return phrases.get(bare["phrase"]) if bare else None

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
    correct, around = data["correct"], data["around"]
    return Phrases(
        commands={phrase: verb for verb, said in data["commands"].items() for phrase in _folded(said)},
        answers={phrase: word == "yes" for word, said in data["answers"].items() for phrase in _folded(said)},
        nothing=frozenset(_folded(data["nothing"])),
        before=tuple(sorted(_folded(correct["before"]), key=len, reverse=True)),
        after=tuple(sorted(_folded(correct["after"]), key=len, reverse=True)),
        around=re.compile(f"{_any(around['before'])}*(?P<phrase>.+?){_any(around['after'])}*"),
    )


def _any(said: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, said))})"


def _folded(said: object) -> list[str]:
    return [fold(phrase) for phrase in Said.model_validate(said).all]
