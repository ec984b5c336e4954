"""The city's districts with its departments, as channels need them."""

from __future__ import annotations

from backend.contract.words import Level

from .base import Answer


class DepartmentOut(Answer):
    code: str
    name: str
    name_en: str
    level: Level
    district: str | None
    parent: str | None


class DistrictOut(Answer):
    id: str
    name: str
    name_en: str
    children: list[DistrictOut]


class EmergencyOut(Answer):
    """A matter for another number than ours, and the words it is recognised by."""

    id: str
    number: str
    """To call."""
    name: dict[str, str]
    """Who answers there, by language."""
    words: list[str]
    heard: list[str] = []
    """What the phone's second hearing listens for; `words` where there is none."""
    grade: str = "possible"
    """Of its words: `certain`, `possible` or `hint`."""
    negations: list[str] = []
    """Words that undo one of them after them."""
    fillers: list[str] = []
    """Words that may stand between the two."""
    exceptions: list[str] = []
    """Harmless words that hold one, or that sound like one."""


class EmergencyCase(Answer):
    """Sentences of one sense."""

    tell: list[str]
    """Rules whose numbers are told, by their ids."""
    grade: str
    """`certain`: the number first and alone; `possible`: in one line; `hint`: a supply failed, its hotline once."""
    lasting: bool = False
    """Yesterday's is still so: a child that is missing, somebody who is locked in."""
    patterns: list[str]
    """In the language of `backend.contract.sentence_patterns`."""


class EmergencySentences(Answer):
    """How sentences about emergencies are made, and what in a sentence makes one none."""

    classes: dict[str, list[str]] = {}
    """Words by the class that patterns name."""
    by_sound: list[str] = []
    """Classes whose words of three syllables and more count by their sound too."""
    by_sound_short: list[str] = []
    """Words of two syllables that do, on the phone."""
    cases: list[EmergencyCase] = []
    learnt: bool = True
    """Whether channels also tell by what a text sounds like, learnt from sentences."""
    harmless: list[str] = []
    """Words that hold one of a class, or only sound like it, and mean something else."""
    now: list[str] = []
    """Words after which what was said before of another time is over."""
    turn: list[str] = []
    """Words that begin a new thought: 但是."""
    past: list[str] = []
    lately: list[str] = []
    """Past, but for what lasts."""
    over: list[str] = []
    feared: list[str] = []
    """It has not happened: 万一, 怕."""
    often: list[str] = []
    """A habit, no event: 经常."""
    figurative: list[str] = []
    """It is a way of speaking: 气得, 简直."""
    hearsay: list[str] = []
    topic: list[str] = []
    """It is about a rule, a drill, an insurance."""
    during: list[str] = []
    """After a topic: it happens there all the same: 演练的时候."""
    urgent: list[str] = []
    """Whoever says this is in no talk about topics."""
    maybe: list[str] = []
    """It is not certain."""
    asking: list[str] = []
    """Directly before: it is asked whether, not told: 有没有."""
    yes: list[str] = []
    """At the beginning of an answer: what was asked is so."""


class CityOut(Answer):
    """What channels need to know of the city."""

    name: str
    name_en: str
    districts: list[DistrictOut]
    departments: list[DepartmentOut]
    emergencies: list[EmergencyOut]
    """From the policy, in the order in which they are told."""
    emergency_sentences: EmergencySentences | None = None
    """From the policy; None from a backend that knows words alone."""
