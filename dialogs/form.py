"""One person's half-filled form: everything a conversation remembers, as plain data that survives restarts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from backend.contract.message import Localized, Words, words_from_json, words_to_json

Deferral = Literal["link", "seat"]
"""Who completes an answer that was put off: the person, by link or chat, or a seat."""

FORMAT = 1
"""Version of the JSON form; a reader refuses what it does not know."""


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
    scenario: str
    version: int
    draft: str
    """UUID; the idempotency key of the filing."""
    language: str
    """`zh_CN` or `en`."""
    started_at: datetime
    updated_at: datetime
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
    last_command: str = ""
    """The button that was applied last, so that pressing it twice does nothing."""
    filed: Mapping[str, Any] | None = None
    """What was submitted: the same again after a crash, even if templates or catalogues changed meanwhile."""
    last_text: str = ""
    """Field that was answered last by typing, for edits in channels that do not tell of which message."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """The message that answered a field last, as `Text.message`: only its edit corrects the answer."""

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
        data = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {
            **data,
            "format": FORMAT,
            "started_at": self.started_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "phase": str(self.phase),
            "pending": str(self.pending),
            "answers": {name: _answer_to_json(answer) for name, answer in self.answers.items()},
            "misses": dataclasses.asdict(self.misses),
            "skipped": list(self.skipped),
            "deferred": dict(self.deferred),
            "messages": dict(self.messages),
            "settled": list(self.settled),
            "partial": list(self.partial),
            "extras": [dict(extra) for extra in self.extras],
            "unplaced": list(self.unplaced),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Form:
        """Raises ValueError for another format, KeyError or TypeError for damaged data."""
        if data.get("format") != FORMAT:
            raise ValueError(f"form format {data.get('format')!r} is not {FORMAT}")
        plain = {key: value for key, value in data.items() if key != "format"}
        return cls(
            **{
                **plain,
                "started_at": datetime.fromisoformat(data["started_at"]),
                "updated_at": datetime.fromisoformat(data["updated_at"]),
                "phase": Phase(data["phase"]),
                "pending": Pending(data["pending"]),
                "answers": {name: _answer_from_json(answer) for name, answer in data["answers"].items()},
                "misses": Misses(**data["misses"]),
                "skipped": tuple(data["skipped"]),
                "settled": tuple(data.get("settled", ())),
                "partial": tuple(data["partial"]),
                "extras": tuple(data["extras"]),
                "unplaced": tuple(data.get("unplaced", ())),
            }
        )


def _answer_to_json(answer: Answer) -> dict[str, Any]:
    return {
        "type": answer.type,
        "value": answer.value,
        "shown": words_to_json(answer.shown),
        "label": words_to_json(answer.label),
        "known": answer.known,
    }


def _answer_from_json(data: Mapping[str, Any]) -> Answer:
    label = words_from_json(data["label"])
    if not isinstance(label, Localized):
        raise TypeError("a label is not localized")
    return Answer(data["type"], data["value"], words_from_json(data["shown"]), label, data["known"])
