"""What a person can do in a conversation, with nothing in it of the channel it came through."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True)
class Upload:
    """A file the backend already keeps."""

    attachment: str
    """Attachment id in the backend."""
    kind: str
    """photo, file, voice or video."""
    media_type: str
    size: int
    """Bytes."""
    name: str = ""
    spoken: bool = False
    """Whether the person spoke it for us, rather than sent a sound that they have."""


@dataclass(frozen=True)
class Text:
    """Something typed, or recognised from speech."""

    text: str
    edited: bool = False
    """True when the person changed a message sent earlier."""
    message: str = ""
    """The message it stands in, `<chat>/<number>`, numbers growing; empty where messages cannot be edited."""
    version: int = 0
    """Of an edit, when it was made: the later, the larger. 0 for the first version."""
    before: str = ""
    """Of an edit, what the message said before, if that is known."""
    recording: Upload | None = None
    """The voice message that says it; it goes where the words go."""


@dataclass(frozen=True)
class Press:
    """A button or key; `command` is what the choice carried."""

    command: str


@dataclass(frozen=True)
class Media:
    """One or more files sent together (an album is one event)."""

    uploads: tuple[Upload, ...]
    caption: str = ""
    message: str = ""
    """The message the caption stands in, as `Text.message`."""

    @property
    def spoken(self) -> Upload | None:
        """The voice message that this is, if it is nothing else."""
        alone = len(self.uploads) == 1 and not self.caption
        return self.uploads[0] if alone and self.uploads[0].spoken else None


@dataclass(frozen=True)
class Rejected:
    """A file that was not kept: too large, of a forbidden type, or it could not be fetched."""

    reason: str
    """Problem code of the backend, as `attachment-type`; or `attachment-unavailable`."""


@dataclass(frozen=True)
class Place:
    """A shared location, in degrees (WGS 84)."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True)
class SharedPhone:
    """A phone number the messenger vouches for."""

    phone: str


@dataclass(frozen=True)
class Start:
    """The conversation was opened, perhaps by a deep link that names a scenario."""

    payload: str = ""


@dataclass(frozen=True)
class Silence:
    """Nothing came in the time given (voice)."""


@dataclass(frozen=True)
class Defer:
    """The present question is put off, because its answer cannot be given here (voice)."""

    to: Literal["link", "seat"]
    """`link`: the person adds it later, by link or chat. `seat`: a seat completes it."""


@dataclass(frozen=True)
class Unsupported:
    """Something the channel cannot turn into an answer: a sticker, a poll, a game."""

    kind: str


Event = Text | Press | Media | Rejected | Place | SharedPhone | Start | Silence | Defer | Unsupported


class Leaving(StrEnum):
    """How somebody left a conversation that cannot go on without them (a call)."""

    HUNG_UP = "hung_up"
    """In the middle: what was said is filed for a seat, to be called back."""
    SAVED = "saved"
    """The same, but a form that is open stays a draft, to go on with the next time."""
    PUT_THROUGH = "put_through"
    """They talk to a person now: what was said is filed for that person, and nobody calls back."""
    UNSERVED = "unserved"
    """They wanted a person and there was none: filed to be called back, even when nothing was said."""
    UNHEARD = "unheard"
    """They were not understood, and there was nobody to talk to: the same, but they never asked for a person."""
    SILENT = "silent"
    """They never said or pressed anything, and there was nobody to listen: filed to be called back, once a day."""


@dataclass(frozen=True)
class Gone:
    """The person is gone, perhaps in the middle of something."""

    how: Leaving
    kind: str = ""
    """The kind of request that they chose, if they came no further."""


@dataclass(frozen=True)
class Person:
    """Who is talking, as the channel knows them."""

    channel: str
    """A name of `backend.contract.channels`."""
    id: str
    """The channel's own id of the person; opaque."""
    name: str = ""
    language: str = ""
    """The language the channel reports, if any."""

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.id}"

    @classmethod
    def of_key(cls, key: str) -> Person:
        """The person of a `key`; what the channel reports besides is not in it."""
        channel, _, id_ = key.partition(":")
        return cls(channel, id_)


@dataclass(frozen=True)
class Incoming:
    """One event with its sender; `id` is unique in the channel, so a redelivery is recognised."""

    person: Person
    id: str
    at: datetime
    event: Event | Gone
    ticket: str = ""
    """Number of the ticket whose topic it came from (a staff group has one topic a ticket); empty elsewhere."""
    question: str | None = None
    """What it is for, of what was asked, as `Reply.question` named it; empty when nothing was asked. None where the
    channel cannot tell: it is for what is asked now.
    """
    quotes: str = ""
    """The question that the person quotes with it, as `Reply.question` named it, or the command of a button that the
    quoted message has: it answers that one, whatever is asked now. Empty where nothing is quoted.
    """
    parts: tuple[str, ...] = ()
    """Ids of the events before it whose words it holds, too: several short messages in a row."""


def together(parts: Sequence[Incoming]) -> Incoming:
    """One event of several texts of one person, oldest first. It is no one message: an edit corrects none of it."""
    *before, last = parts
    if not before:
        return last
    words = "\n".join(one.event.text.strip() for one in parts if isinstance(one.event, Text))
    return dataclasses.replace(last, event=Text(words), parts=tuple(one.id for one in before))
