"""Matters for another number than ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from backend.contract.faults import Place, Refused, suggestion
from backend.contract.message import Message
from backend.contract.sentence_patterns import parse_pattern
from backend.rules.policy.section import Section
from backend.rules.policy.values import Slug, Word

PatternText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ClassName = Annotated[str, StringConstraints(pattern=r"^[^\[\]!&+|=#@\s]{1,20}$")]
Grade = Literal["certain", "possible", "hint"]


class EmergencyRule(Section):
    """A matter for another number than ours, and plain words that it is recognised by."""

    id: Slug
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,12}$")]
    name: dict[Literal["zh_CN", "en"], Word]
    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    heard: tuple[Word, ...] = ()
    """What the phone's second hearing listens for; the plain words where there is none."""
    grade: Grade = "possible"
    """Of its words. `certain`: the number first and alone; `possible`: in one line; `hint`: once, without alarm."""

    @field_validator("name")
    @classmethod
    def _both_languages(cls, name: dict[str, str]) -> dict[str, str]:
        if set(name) != {"zh_CN", "en"}:
            raise Refused(Message("policy.both_languages"))
        return name


class EmergencyCase(Section):
    """Sentences of one sense."""

    tell: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Rules whose numbers are told."""
    grade: Grade
    lasting: bool = False
    """Yesterday's is still so: a child that is missing, somebody who is locked in."""
    patterns: Annotated[tuple[PatternText, ...], Field(min_length=1)]
    """How they are made, in the language of docs/emergencies.md."""

    @field_validator("patterns")
    @classmethod
    def _readable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for at, text in enumerate(patterns):
            try:
                parse_pattern(text)
            except Refused as refused:
                raise Refused(*refused.told, place=(at,)) from None
        return patterns


class EmergencySentences(Section):
    """How sentences about emergencies are made, and what in a sentence makes one none."""

    classes: dict[ClassName, Annotated[tuple[Word, ...], Field(min_length=1)]]
    """Words by the class that patterns name."""
    by_sound: tuple[ClassName, ...]
    """Classes whose words of three syllables and more count by their sound too, where a recogniser or a slip wrote
    another."""
    by_sound_short: tuple[Word, ...]
    """Words of two syllables that do, on the phone: most sound like many others."""
    harmless: tuple[Word, ...]
    """Words that hold one of a class, or only sound like it, and mean something else."""
    now: tuple[Word, ...]
    """After these, what was said before of another time is over."""
    turn: tuple[Word, ...]
    """These begin a new thought."""
    past: tuple[Word, ...]
    lately: tuple[Word, ...]
    """Past, but for what lasts."""
    over: tuple[Word, ...]
    feared: tuple[Word, ...]
    """It has not happened."""
    often: tuple[Word, ...]
    """A habit, no event."""
    figurative: tuple[Word, ...]
    """It is a way of speaking: 气得, 简直."""
    hearsay: tuple[Word, ...]
    topic: tuple[Word, ...]
    """It is about a rule, a drill, an insurance."""
    during: tuple[Word, ...]
    """After a topic: it happens there all the same."""
    urgent: tuple[Word, ...]
    """Whoever says this talks of no topic."""
    maybe: tuple[Word, ...]
    """What was certain is possible."""
    asking: tuple[Word, ...]
    """Directly before: it is asked, not told."""
    yes: tuple[Word, ...]
    """At the beginning of an answer: what was asked is so."""
    learnt: bool = True
    """Whether what no pattern knows is told by what it sounds like, and what sounds like an ordinary matter is not."""
    cases: Annotated[tuple[EmergencyCase, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _known_classes(self) -> EmergencySentences:
        for name, place in self._named():
            if name not in self.classes:
                told = Message("policy.unknown_class", {"name": name})
                raise Refused(told, suggestion(name, self.classes), place)
        return self

    def _named(self) -> Iterator[tuple[str, Place]]:
        """Each class that is named, and where."""
        for at, name in enumerate(self.by_sound):
            yield name, ("by_sound", at)
        for at, case in enumerate(self.cases):
            for of, text in enumerate(case.patterns):
                for name in parse_pattern(text).names():
                    yield name, ("cases", at, "patterns", of)


class Emergencies(Section):
    negations: tuple[Word, ...]
    """Words that undo an emergency word after them: 没有着火."""
    fillers: tuple[Word, ...]
    """Words that may stand between the two: 没有[发生]火灾."""
    exceptions: tuple[Word, ...]
    """Harmless words that hold an emergency word: 火灾保险; or that only sound like one, as on the phone: 大伙."""
    rules: tuple[EmergencyRule, ...]
    """In the order in which they are told."""
    sentences: EmergencySentences | None = None
    """Where a file has none, the built-in ones hold, for the rules that it has."""

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[EmergencyRule, ...]) -> tuple[EmergencyRule, ...]:
        ids = [rule.id for rule in rules]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                raise Refused(Message("fault.used_twice", {"key": "id", "value": name}), place=(at, "id"))
        return rules

    @model_validator(mode="after")
    def _known_rules(self) -> Emergencies:
        ids = {rule.id for rule in self.rules}
        for at, case in enumerate(self.sentences.cases if self.sentences else ()):
            for of, name in enumerate(case.tell):
                if name not in ids:
                    told = Message("policy.unknown_rule", {"name": name})
                    raise Refused(told, suggestion(name, ids), ("sentences", "cases", at, "tell", of))
        return self
