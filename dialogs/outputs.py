"""What a conversation asks its channel to show or its service to do: neutral to chat and voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.contract.message import Words


class Expect(StrEnum):
    """The kind of input wanted next, so that a channel can offer the fitting means."""

    CHOICE = "choice"
    TEXT = "text"
    DIGITS = "digits"
    DATE = "date"
    PHONE = "phone"
    LOCATION = "location"
    MEDIA = "media"


@dataclass(frozen=True)
class Button:
    """A button: what it says and the command it carries (at most 64 bytes of UTF-8)."""

    label: Words
    command: str
    phrases: tuple[str, ...] = ()
    """Other ways to say it, in any language: never shown, for channels that listen."""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Say:
    """Tell something; choices, if any, stay valid until the next question."""

    text: Words
    choices: Rows = ()
    topic: str = ""
    """Ticket number this is about: a staff group shows it in that ticket's topic."""
    attachments: tuple[str, ...] = ()
    """Attachment ids to deliver with the text."""
    call: str = ""
    """An emergency number that a caller could be put through to."""
    kept: Words | None = None
    """What is stored in place of a text that is to be shown once and kept nowhere; None: the text itself."""


@dataclass(frozen=True)
class Ask:
    """Ask for a field of the form. `options` are the answers, `controls` the ways round (help, back, skip...)."""

    field: str
    prompt: Words
    expect: Expect
    help: Words | None = None
    """Extra explanation, shown after a mistake or when asked for; grows with `attempt`."""
    problem: Words | None = None
    """What was wrong with the last input."""
    options: Rows = ()
    controls: Rows = ()
    attempt: int = 0
    """How many times this question has been asked again without an answer."""
    progress: tuple[int, int] = (0, 0)
    """Which question of about how many."""
    type: str = ""
    """The template's type of the field (`text`, `choice`, ...); empty for what is no field of a form."""
    story: bool = False
    """Whether this is the field that tells what happened."""
    defer: str = ""
    """What to do where the answer cannot be spoken: `keys`, `link`, `seat`; empty where it can."""
    spoken_help: Words | None = None
    """A short explanation with an example, for the second try by voice."""
    brief: Rows = ()
    """Where the whole question stands above already and what was said since is no answer: what a chat shows below that
    instead of asking it all again. Empty: the question is shown whole."""


@dataclass(frozen=True)
class SummaryLine:
    field: str
    label: Words
    shown: Words
    command: str
    """Command that corrects this line."""
    type: str = ""
    """Of the field."""


@dataclass(frozen=True)
class Summarise:
    """Show all answers before filing; each line can be corrected."""

    title: Words
    lines: tuple[SummaryLine, ...]
    controls: Rows = ()


@dataclass(frozen=True)
class Submit:
    """File the form: the conversation service calls the backend with `draft` as idempotency key."""

    draft: str
    form: Mapping[str, Any]
    """The `NewTicket` of backend.contract, as JSON values, less what the channel knows (the contact)."""


@dataclass(frozen=True)
class HandOver:
    """A human is wanted; what was said so far goes along."""

    draft: str
    reason: str
    """asked, no_match, no_input, mixed or gone."""
    form: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SetLanguage:
    """The person chose a language."""

    language: str


Output = Say | Ask | Summarise | Submit | HandOver | SetLanguage
