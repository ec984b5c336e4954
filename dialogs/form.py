"""One person's half-filled form: everything a conversation remembers, as plain data that survives restarts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, TypeAdapter

from backend.contract.message import Localized, Words

FORMAT: Final = 1
"""Version of the JSON of forms and sessions; a reader refuses what it does not know."""


def _check(version: object) -> None:
    if version != FORMAT:
        raise ValueError(f"format {version!r} is not {FORMAT}")


Format = Annotated[
    None, BeforeValidator(_check), Field(validate_default=True), PlainSerializer(lambda _: FORMAT, return_type=int)
]
"""A field that stands in JSON alone, and must stand there."""
Moment = Annotated[datetime, PlainSerializer(datetime.isoformat)]
"""In JSON as versions before wrote it, with the offset in digits."""
Deferral = Literal["link", "seat"]
"""Who completes an answer that was put off: the person, by link or chat, or a seat."""


class Phase(StrEnum):
    """Where the conversation stands."""

    ASKING = "asking"
    CONFIRMING = "confirming"
    """The summary is shown."""
    SUBMITTING = "submitting"
    """Confirmed; the service has not yet reported that the ticket is filed."""


class Pending(StrEnum):
    """A side question that waits for yes or no; anything else drops it."""

    NONE = ""
    CANCEL = "cancel"
    RESTART = "restart"
    HUMAN = "human"
    MEANT = "meant"
    """Whether what an answer was read as is what was meant."""
    WISH = "wish"
    """Whether words that answer the question were meant as `Form.wished`; if not, `Form.meant` is the answer."""


class Spared(StrEnum):
    """What somebody is spared, see `relevance.can_wait`."""

    NOTHING = ""
    QUESTIONS = "questions"
    """Who only asks something is asked no more than an answer needs."""
    LATER = "later"
    """Besides, nobody is asked what a department can act without."""


@dataclass(frozen=True)
class Answer:
    """What a person answered, with enough of the question to explain it if the template changes."""

    type: str
    value: Any
    """JSON: text, number, yes/no, list of option ids, list of uploads, or a place."""
    shown: Words
    """The answer as read back."""
    label: Localized
    """The question's short name."""
    known: bool = False
    """True for a fact that was known beforehand and not asked."""


@dataclass(frozen=True)
class Misses:
    """Mistakes at the present question."""

    no_match: int = 0
    no_input: int = 0
    offers: int = 0
    """How many times a human was offered and not wanted since the last answer."""

    @property
    def total(self) -> int:
        return self.no_match + self.no_input


@dataclass(frozen=True)
class Form:
    __pydantic_config__ = ConfigDict(extra="forbid")

    scenario: str
    version: int
    draft: str
    """UUID; the idempotency key of the filing."""
    language: str
    """`zh_CN` or `en`."""
    started_at: Moment
    updated_at: Moment
    phase: Phase = Phase.ASKING
    current: str = ""
    """Field that is being asked; empty while the summary is shown."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """Also answers of fields that are irrelevant now: they come back when the field does."""
    skipped: tuple[str, ...] = ()
    deferred: Mapping[str, Deferral] = field(default_factory=dict)
    """Questions that were put off, with who completes them. They are not asked again, but can be reopened."""
    settled: tuple[str, ...] = ()
    """Fields of a ticket that is completed later which stay as they are: not asked, not summed up, not corrected."""
    reopened: str = ""
    """Answered field that is asked again because the person wants to correct it."""
    partial: tuple[Any, ...] = ()
    """Of the present question: options ticked, uploads got, or the district opened."""
    extras: tuple[Mapping[str, Any], ...] = ()
    """Files sent when none was asked for; filed all the same."""
    unplaced: tuple[str, ...] = ()
    """Words that answered no question, oldest first; filed below the story."""
    misses: Misses = Misses()
    helped: int = 0
    """How many times help was asked for at the present question."""
    pending: Pending = Pending.NONE
    meant: Annotated[Answer | None, Field(exclude_if=lambda meant: meant is None)] = None
    """What was probably meant by the last answer; it counts for something only while `pending` asks for it. Not
    written where there is none, so that the version before reads all other forms."""
    wished: Annotated[str, Field(exclude_if=lambda wished: not wished)] = ""
    """The command that the last words were perhaps meant as; counts for something only while `pending` asks for it."""
    proposed: Annotated[Mapping[str, Answer], Field(exclude_if=lambda proposed: not proposed)] = field(
        default_factory=dict
    )
    """What a language model took earlier words for, by field: asked about when its question comes, never taken. Not
    written where there is nothing."""
    spared: Annotated[Spared, Field(exclude_if=lambda spared: spared is Spared.NOTHING)] = Spared.NOTHING
    """What is not asked, but offered after the filing. Not written where all is asked."""
    last_command: str = ""
    """The button that was applied last, so that pressing it twice does nothing."""
    filed: Mapping[str, Any] | None = None
    """What was submitted: the same again after a crash, even if templates or catalogues changed meanwhile."""
    last_text: str = ""
    """Field that was answered last by typing, for edits in channels that do not tell of which message."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """The message that answered a field last, as `Text.message`: only its edit corrects the answer."""
    format: Format = None

    def replace(self, **changes: Any) -> Form:
        return dataclasses.replace(self, **changes)

    @property
    def has_own_words(self) -> bool:
        """Whether anything was said or sent here, besides what was known beforehand."""
        return bool(self.extras or self.unplaced) or any(not answer.known for answer in self.answers.values())

    @property
    def is_blank(self) -> bool:
        """Whether nothing is in it, not even what was known beforehand."""
        return not (self.answers or self.extras or self.unplaced)

    def done_with(self, field: str) -> dict[str, Any]:
        """The changes by which a question is neither skipped nor put off any more."""
        return {
            "skipped": tuple(one for one in self.skipped if one != field),
            "deferred": {one: to for one, to in self.deferred.items() if one != field},
        }

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` reads them back, in any later process."""
        data: dict[str, Any] = _FORM.dump_python(self, mode="json")
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Form:
        """Raises ValueError for another format, for damaged data, and for what only a newer version knows."""
        return _FORM.validate_python(data)


_FORM: Final = TypeAdapter(Form)
