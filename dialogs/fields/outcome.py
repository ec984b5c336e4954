"""What a parser makes of an answer: a value with its reading back, a likely one, none, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.contract.message import Message, Words

Value = str | int | float | bool | list["Value"] | dict[str, "Value"]
"""A JSON value, as the form is kept and filed."""


@dataclass(frozen=True)
class Understood:
    """The answer is usable."""

    value: Value
    shown: Words
    """What is read back to the person, in canonical form."""


@dataclass(frozen=True)
class Doubtful:
    """Probably this is meant: it counts once the person has said yes to it."""

    value: Value
    shown: Words

    @property
    def problem(self) -> Message:
        """The question back, for who cannot wait for a yes."""
        return Message("field.doubtful", {"answer": self.shown})


@dataclass(frozen=True)
class Declined:
    """The person cannot answer, or does not want to."""

    problem: Message
    """What is said where the question cannot be left out."""


@dataclass(frozen=True)
class NotUnderstood:
    """The answer is not usable."""

    problem: Message
    """Says what is wrong and what to do instead."""


Outcome = Understood | Doubtful | Declined | NotUnderstood


class Parser(Protocol):
    """Reads one type of field."""

    def parse(self, text: str, now: datetime) -> Outcome:
        """Read `text`; `now` is aware and in the city's own time zone. Never raises for any text."""
        ...


def problem(key: str, **args: Words | int) -> NotUnderstood:
    """A `NotUnderstood` with the message `key`."""
    return NotUnderstood(Message(key, args))


def doubted(outcome: Outcome) -> Outcome:
    """The same, to be asked back if it is an answer."""
    return Doubtful(outcome.value, outcome.shown) if isinstance(outcome, Understood) else outcome


def listed(items: tuple[Words, ...]) -> Words:
    """The items as one text, joined the way the reader's language does (`、` or a comma)."""
    if not items:
        return ""
    result = items[-1]
    for item in reversed(items[:-1]):
        result = Message("field.list", {"first": item, "rest": result})
    return result
