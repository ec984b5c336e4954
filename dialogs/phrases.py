"""The phrases that work as commands when they are the whole message; the words stand in phrases.yaml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from backend.contract.yaml_source import read_source
from dialogs.fields.typed import fold, position
from dialogs.templates.template import Phrases as Said

T = TypeVar("T")

_LONGEST = 30
"""Characters of a command with everything round it."""
_NUMBER = re.compile(r"[+\d][\d ]*")
_LONGEST_NAME = 16
"""Characters of the name of an answer in a correction."""


@dataclass(frozen=True)
class Pick:
    """An answer to a choice."""

    agrees: bool = False
    none: bool = False
    """Whether nothing that is offered is meant."""
    number: int | None = None
    """Which one in order, from 1."""
    words: str = ""
    """Folded; a label, perhaps, or a part of one."""


@dataclass(frozen=True)
class Phrases:
    """Folded phrases of all languages together: a person may mix them."""

    commands: Mapping[str, str]
    """Phrase to verb."""
    answers: Mapping[str, bool]
    solved: Mapping[str, bool]
    heard: Mapping[str, bool]
    agreed: re.Pattern[str]
    """A whole message of words that agree, or send, with what people put beside them."""
    consents: re.Pattern[str]
    """The words in it that say so."""
    numbers: Mapping[str, int]
    none: frozenset[str]
    choosing: re.Pattern[str]
    """A number or a label with what people put round it."""
    nothing: frozenset[str]
    unsure: Mapping[str, bool]
    """What says that somebody cannot answer."""
    resume: tuple[str, ...]
    """Of which a short message has one that goes on with what was left."""
    when: tuple[str, ...]
    what: tuple[str, ...]
    """A short message with one of each asks how a matter stands."""
    progress: Mapping[str, bool]
    phone: tuple[str, ...]
    alone: frozenset[str]
    """What may stand beside a number that is the whole message; nothing may, too."""
    changed: tuple[str, ...]
    """With one of each, a number is the one that counts from now on."""
    before: tuple[str, ...]
    """What precedes the name of an answer to correct; longest first."""
    after: tuple[str, ...]
    filler: re.Pattern[str]
    """The name of an answer with what people put round it."""
    corrected: tuple[re.Pattern[str], ...]
    """The name of an answer, and what is right in its place."""
    around: re.Pattern[str]
    """A text with what politeness and dialects put round a phrase."""

    def command(self, text: str) -> str:
        """The verb that is the whole of `text`, or nothing."""
        return self._meant(self.commands, text) or ""

    def answer(self, text: str) -> bool | None:
        return self._meant(self.answers, text)

    def agrees(self, text: str) -> bool:
        """Whether the whole of a short message says yes, or to send it, in whatever words together."""
        said = fold(text)
        if len(said) > _LONGEST or not self.agreed.fullmatch(said):
            return False
        return self.consents.search(said) is not None

    def pick(self, text: str) -> Pick | None:
        """A short message as the answer to a choice; None where it is too long for one."""
        said = fold(text)
        if not said or len(said) > _LONGEST:
            return None
        if said in self.none:
            return Pick(none=True)
        if self.agrees(text):
            return Pick(agrees=True)
        consent = self.agreed.match(said)
        for rest in (said, said[consent.end() :].strip() if consent else said):
            bare = self.choosing.fullmatch(rest)
            for words in (rest, bare["phrase"].strip() if bare else rest):
                if (number := self.numbers.get(words)) is not None:
                    return Pick(number=number)
        return Pick(words=bare["phrase"].strip() if bare else rest)

    def is_unsure(self, text: str) -> bool:
        return bool(self._meant(self.unsure, text))

    def says_solved(self, text: str) -> bool | None:
        return self._meant(self.solved, text)

    def says_heard_right(self, text: str) -> bool | None:
        """Whether what was heard in a voice message is right; None for other words."""
        answer = self._meant(self.heard, text)
        return self.answer(text) if answer is None else answer

    def asks_progress(self, text: str) -> bool:
        """Whether a short message asks how a matter stands, or when somebody comes or calls."""
        said = fold(text)
        if self._meant(self.progress, text):
            return True
        longest = _LONGEST if said.isascii() else _LONGEST // 2
        return len(said) <= longest and _has_one(self.when, said) and _has_one(self.what, said)

    def asks_to_resume(self, text: str) -> bool:
        """Whether a short message goes on with a form that was left."""
        said = fold(text)
        return len(said) <= _LONGEST and _has_one(self.resume, said)

    def says_new_phone(self, text: str) -> bool:
        """Whether a short message with a number in it gives that in place of another."""
        said = fold(text)
        if self.is_number_alone(text):
            return True
        return len(said) <= 2 * _LONGEST and _has_one(self.phone, said) and _has_one(self.changed, said)

    def is_number_alone(self, text: str) -> bool:
        """Whether a message is a number, with at most what people put round it: 我电话139…."""
        without, found = _NUMBER.subn(" ", fold(text))
        return found == 1 and fold(without) in self.alone

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
        bare = self.around.fullmatch(folded)
        for said in (folded, bare["phrase"] if bare else ""):
            for phrase in self.before:
                if said.startswith(phrase):
                    return self._name_in(said[len(phrase) :])
            for phrase in self.after:
                if said.endswith(phrase):
                    return self._name_in(said[: -len(phrase)])
        return ""

    def corrected_to(self, text: str) -> tuple[str, str]:
        """The (folded) name and the new answer in "改 NAME VALUE" or "NAME 改成 VALUE", or nothing."""
        said = unicodedata.normalize("NFKC", text).strip()
        for pattern in self.corrected:
            if (found := pattern.fullmatch(said)) and (name := self._name_in(fold(found["name"]))):
                return name, found["value"].strip()
        return "", ""

    def _name_in(self, text: str) -> str:
        found = self.filler.fullmatch(text.strip())
        return found["phrase"].strip() if found else ""


@lru_cache(maxsize=1)
def read_phrases() -> Phrases:
    """The phrases shipped beside this module."""
    data = read_source(Path(__file__).with_name("phrases.yaml")).data
    correct, around, progress = data["correct"], data["around"], data["progress"]
    return Phrases(
        commands={phrase: verb for verb, said in data["commands"].items() for phrase in _folded(said)},
        answers=_yes_or_no(data["answers"]),
        solved=_yes_or_no(data["solved"]),
        heard=_yes_or_no(data["heard"]),
        agreed=re.compile(f"(?:{_words(data['agreed'].values())} ?)+"),
        consents=re.compile(_words((data["agreed"]["yes"], data["agreed"]["send"]))),
        numbers=_numbers(data["choosing"]["numbers"]),
        none=frozenset(_folded(data["choosing"]["none"])),
        choosing=_within(data["choosing"]),
        nothing=frozenset(_folded(data["nothing"])),
        unsure=dict.fromkeys(_folded(data["unsure"]), True),
        resume=tuple(_folded(data["resume"])),
        when=tuple(_folded(progress["when"])),
        what=tuple(_folded(progress["what"])),
        phone=tuple(_folded(data["new_phone"]["what"])),
        alone=frozenset(("", *_folded(data["new_phone"]["alone"]))),
        changed=tuple(_folded(data["new_phone"]["changed"])),
        progress=dict.fromkeys(_folded(progress["whole"]), True),
        before=tuple(sorted(_folded(correct["before"]), key=len, reverse=True)),
        after=tuple(sorted(_folded(correct["after"]), key=len, reverse=True)),
        filler=_within(correct["filler"]),
        corrected=_corrections(correct["before"], data["corrected"], around["before"]),
        around=_within(around),
    )


def _yes_or_no(data: Mapping[str, object]) -> dict[str, bool]:
    return {phrase: word == "yes" for word, said in data.items() for phrase in _folded(said)}


def _has_one(phrases: Iterable[str], said: str) -> bool:
    return any(position(phrase, said) >= 0 for phrase in phrases)


def _words(lists: Iterable[object]) -> str:
    """One of all these, the longest first; Latin ones only whole."""
    said = sorted({phrase for one in lists for phrase in _folded(one)}, key=len, reverse=True)
    return _any_of(f"{re.escape(one)}(?![a-z0-9])" if one.isascii() else re.escape(one) for one in said)


def _any_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


def _numbers(data: Mapping[int, Iterable[str]]) -> dict[str, int]:
    figures = {str(number): number for number in range(1, 10)}
    return figures | {fold(word): int(number) for number, said in data.items() for word in said}


def _within(around: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    """A phrase with words of these lists before and after it."""
    return re.compile(f"{_any(around['before'])}*(?P<phrase>.+?){_any(around['after'])}*")


def _corrections(before: object, said: Mapping[str, object], politely: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Shapes of a correction that gives the new answer too, the most definite first."""
    wrong, is_, to, change = (_any(_longest_first(one)) for one in (said["wrong"], said["is"], said["to"], before))
    first = f"{_any(politely)}*{change}"
    gap, name, value = r"[\s:,。;、]*", rf"(?P<name>.{{1,{_LONGEST_NAME}}}?)", "(?P<value>.+)"
    return tuple(
        re.compile(shape, re.IGNORECASE | re.DOTALL)
        for shape in (
            rf"(?:{wrong}{gap})?(?:{first})?{gap}{name}{gap}(?:{wrong}{gap})?{to}{gap}{value}",
            rf"{wrong}{gap}{name}{gap}{is_}{gap}{value}",
            rf"{name}{gap}{wrong}{gap}{is_}{gap}{value}",
            rf"{first}{gap}{name}(?:[\s:,]+|(?=\d)){value}",
        )
    )


def _longest_first(said: object) -> list[str]:
    return sorted(Said.model_validate(said).all, key=len, reverse=True)


def _any(said: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, said))})"


def _folded(said: object) -> list[str]:
    return [fold(phrase) for phrase in Said.model_validate(said).all]
