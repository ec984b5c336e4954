"""What a conversation remembers of one person between two events, around and besides the form."""

from __future__ import annotations

import dataclasses
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ConfigDict, PlainSerializer, PlainValidator, TypeAdapter

from backend.contract.acts import FILL_IN
from backend.contract.message import Message, Words
from backend.contract.models.drafts import CANCELLED_KEPT
from dialogs.commands import verb_of
from dialogs.events import Upload
from dialogs.form import Form, Format, Phase
from dialogs.outputs import Output
from dialogs.stored_outputs import recall, remember

log = logging.getLogger(__name__)

_MOST_PARKED = 5
_MOST_ASIDE = 5
_MOST_ANSWERED = 20


def _known(verb: str) -> str:
    found = verb_of(verb)
    if found is None:
        raise ValueError(f"there is no errand {verb!r}")
    return found


def _named_files(files: Any) -> Any:
    return dict.fromkeys(files, "") if isinstance(files, list) else files


@dataclass(frozen=True)
class Errand:
    """Something small a person is in the middle of, besides a form: adding material, replying, rating..."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    verb: Annotated[str, AfterValidator(_known)]
    """What it will do."""
    id: str
    """UUID, drawn from the event that opened it: the idempotency key of what it does."""
    number: str = ""
    """Ticket it is about."""
    args: Mapping[str, str] = field(default_factory=dict)
    """What the button carried and what was chosen since: `assignment`, `version`, `grade`..."""
    stage: str = ""
    """What is wanted now; each flow has its own names."""
    text: str = ""
    files: Annotated[Mapping[str, str], BeforeValidator(_named_files)] = field(default_factory=dict)
    """Attachment ids, each with the file's name; of older sessions without."""

    def replace(self, **changes: Any) -> Errand:
        return dataclasses.replace(self, **changes)

    def with_args(self, **args: str) -> Errand:
        return self.replace(args={**self.args, **args})

    def key(self, *content: str) -> str:
        """Idempotency key: the same for the same content, so a press repeated after a lost answer does nothing."""
        return str(uuid.uuid5(uuid.UUID(self.id), "\x1f".join(content)))


def named(errand: Errand) -> Words:
    """The ticket an errand is for, by number and, where it is known, title: nobody knows several numbers apart."""
    title = errand.args.get("title", "")
    return Message("errand.ticket", {"number": errand.number, "title": title}) if title else errand.number


@dataclass(frozen=True)
class Aside:
    """An errand that was left open, on another page perhaps."""

    errand: Errand
    form: Form | None = None
    """The form it fills in, if it does."""


_FORMS: Final = TypeAdapter(tuple[Form, ...])
_ASIDE: Final = TypeAdapter(tuple[Aside, ...])
# In JSON these are lists: what tells the parts apart stands in each.
_FormsByDraft = Annotated[
    dict[str, Form],
    PlainValidator(lambda data: {form.draft: form for form in _FORMS.validate_python(data)}),
    PlainSerializer(lambda forms: list(forms.values()), return_type=list[Form]),
]
_AsideByErrand = Annotated[
    dict[str, Aside],
    PlainValidator(lambda data: {one.errand.id: one for one in _ASIDE.validate_python(data)}),
    PlainSerializer(lambda aside: list(aside.values()), return_type=list[Aside]),
]


@dataclass(frozen=True)
class Spoken:
    """A voice message as it was heard, until its person says whether that is right."""

    upload: Upload
    words: str
    question: str
    """What was asked when it was sent, as `Session.question`."""
    quotes: str = ""
    """What it quoted, as `Incoming.quotes`."""


@dataclass
class Session:
    """One person's conversation; changed in place during one event, under the person's lock."""

    language: str = ""
    """`zh_CN` or `en`; empty until known."""
    form: Form | None = None
    """The form being filled, if any."""
    parked: _FormsByDraft = field(default_factory=dict)
    """Forms left for later, by draft; the latest last."""
    cancelled: tuple[str, ...] = ()
    """Drafts of those that the person does not want: they are only offered to be taken up again, for a day."""
    errand: Errand | None = None
    aside: _AsideByErrand = field(default_factory=dict)
    """Errands that are open besides, by id; the latest last."""
    spoken: Spoken | None = None
    """What was heard and is not confirmed yet."""
    restored: bool = False
    """Whether drafts in the backend have been looked for; a session that is new may be one that was lost."""
    address: str = ""
    """Where the person was when something was left waiting: sent again later, it still counts for there."""
    told: tuple[str, ...] = ()
    """Emergency rules already told since the last ticket was begun."""
    alarmed: dict[str, datetime] = field(default_factory=dict)
    """Numbers to call that a chat told for danger, and when each was last told in full."""
    danger_at: datetime | None = None
    """When somebody had to be called for certain; None again once a ticket is filed."""
    also: dict[str, str] = field(default_factory=dict)
    """Matters told along with the one that is being filed, each with its own words: offered once that is filed."""
    summed: dict[str, str] = field(default_factory=dict)
    """The lines of the summary that was shown last, by the button that corrects each."""
    held: str = ""
    """What was written with an emergency, until its person goes on."""
    heard: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What the latest messages say, by message: the version of the words, and the words."""
    answered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """What was said to the latest events, by event id; only the newest keep their words."""
    asked: dict[str, str] = field(default_factory=dict)
    """What was asked after them, as `question`."""
    last_at: datetime | None = None
    """When the latest event came."""
    format: Format = None

    @property
    def question(self) -> str:
        """Names what is asked now: the matter and the step; empty when nothing is."""
        if self.errand is not None and self.errand.verb != FILL_IN.verb:
            return f"{self.errand.id}/{self.errand.stage}"
        return f"{self.form.draft}/{self.form.current or self.form.phase}" if self.form is not None else ""

    @property
    def matters(self) -> frozenset[str]:
        """All that is open or set aside, as `question` names it."""
        errands = {self.errand.id} if self.errand is not None else set()
        forms = {self.form.draft} if self.form is not None else set()
        return frozenset({*errands, *forms, *self.aside, *self.parked} - {*self.cancelled})

    def turn_to(self, question: str) -> bool:
        """Take up the matter that a question belongs to, and set aside what is open; False if it is over."""
        matter = question.partition("/")[0]
        if matter == self.question.partition("/")[0]:
            return True
        if matter in self.aside:
            found = self.aside.pop(matter)
            self._leave_errand()
            self.errand, self.form = found.errand, found.form or self.form
            return True
        if matter in self.parked and matter not in self.cancelled:
            self._leave_errand()
            form = self.parked.pop(matter)
            self.park()
            self.form = form
            return True
        if self.form is not None and matter == self.form.draft:
            self._leave_errand()
            return True
        return False

    def set_aside(self, errand: Errand, form: Form | None) -> None:
        """Keep an errand that somebody turned away from; `form`: the one that was open with it."""
        kept = Aside(errand, form if errand.verb == FILL_IN.verb else None)
        others = {key: one for key, one in self.aside.items() if key != errand.id}
        self.aside = {**dict(list(others.items())[1 - _MOST_ASIDE :]), errand.id: kept}

    def _leave_errand(self) -> None:
        if self.errand is not None:
            self.set_aside(self.errand, self.form)
            self.form = None if self.errand.verb == FILL_IN.verb else self.form
            self.errand = None

    def park(self) -> None:
        """Put the form aside; the oldest parked one is forgotten here, its draft stays in the backend."""
        if self.form is None:
            return
        self.parked = {**{k: v for k, v in self.parked.items() if k != self.form.draft}, self.form.draft: self.form}
        self.parked = dict(list(self.parked.items())[-_MOST_PARKED:])
        self.form = None

    def forget_cancelled(self, now: datetime) -> None:
        """Drop the forms that were cancelled a day ago; their drafts end then, too."""
        over = now - CANCELLED_KEPT
        gone = {one for one in self.cancelled if one in self.parked and self.parked[one].updated_at <= over}
        self.parked = {draft: form for draft, form in self.parked.items() if draft not in gone}
        self.cancelled = tuple(one for one in self.cancelled if one in self.parked)

    def waiting_forms(self) -> list[Form]:
        """Confirmed forms that are not filed yet."""
        forms = [*self.parked.values(), *([self.form] if self.form else [])]
        return [form for form in forms if form.phase is Phase.SUBMITTING]

    def remember(self, event: str, said: tuple[Output, ...], question: str = "") -> None:
        """Keep the answer to an event, and what it asks. Only the last one keeps its words: older ones cannot be in
        flight any more.
        """
        older: dict[str, list[dict[str, Any]]] = {key: [] for key in self.answered if key != event}
        self.answered = {**dict(list(older.items())[-_MOST_ANSWERED:]), event: remember(said)}
        self.asked = {**{key: one for key, one in self.asked.items() if key in self.answered}, event: question}

    def recall(self, event: str) -> tuple[Output, ...] | None:
        """What was said to an event that was handled already, or None for a new event."""
        said = self.answered.get(event)
        return None if said is None else recall(said)

    def recall_latest(self) -> tuple[Output, ...]:
        """What was said last."""
        return recall(list(self.answered.values())[-1]) if self.answered else ()

    def to_json(self) -> bytes:
        """`from_json` reads it back, in any later process."""
        return _SESSION.dump_json(self)

    @classmethod
    def read(cls, text: str | bytes | None) -> tuple[Session, bool]:
        """The session kept, or a new one; False when it is new, also because what was kept is not readable."""
        if text is None:
            return cls(), False
        try:
            return cls.from_json(text), True
        except ValueError:
            log.warning("session not readable", extra={"action": "read_session"})
            return cls(), False

    @classmethod
    def from_json(cls, text: str | bytes) -> Session:
        """Raises ValueError for another format, for damaged data, and for errands and forms of a newer version."""
        return _SESSION.validate_json(text)


_SESSION: Final = TypeAdapter(Session)
