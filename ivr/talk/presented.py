"""A question as one caller is asked it: how far it is unfolded for them, and what is said and listened for then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.outputs import Ask
from ivr.talk.places import Places
from ivr.talk.prompt import Clip, Prompt
from ivr.talk.question import Question
from ivr.voice.speech import Speech


@dataclass(frozen=True)
class View:
    """How far a question has been unfolded for this caller."""

    page: int = 0
    tried: int = 0
    """How many answers to it could not be used."""
    correcting: bool = False
    """The answers are named to choose one from."""
    whole: bool = False
    """All answers are read back, however long that takes."""
    hints: bool = False
    """The keys that always work are told, as once in a call."""
    hears: bool = True
    """False: answers come by keys only."""
    recorded: Mapping[str, Clip | None] = field(default_factory=dict)
    """Fields whose answer is a recording: it is played back where it is short, and never read from its transcript."""
    put_off: frozenset[str] = frozenset()
    """To whom questions were left: `link`, `seat`."""
    places: Places = field(default_factory=Places)
    """What a caller may name at the question for the county."""


@dataclass(frozen=True)
class Presented:
    """What to say, then what to ask; without a question the conversation is at an end."""

    said: Speech
    prompt: Prompt = ()
    question: Question | None = None
    ask: Ask | None = None
    defer: str = ""
    """`link` or `seat`: the present field is put off unasked."""
    call: str = ""
    """An emergency number to offer to put the caller through to."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """For the field `kind`: its options' commands by what they choose."""
    enough: str = ""
    """Where several answers are collected: the command that ends it, once there is one. Silence says the same."""
    skip: str = ""
    """The command that leaves it without an answer, where there is one."""
    optional: bool = False
    """Silence is an answer too: nothing more is wanted."""

    @property
    def of_form(self) -> bool:
        """Whether it asks for a field; else for what an errand collects, as the word with a rating."""
        return self.ask is not None and bool(self.ask.field)
