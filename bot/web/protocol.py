"""What the page and the server say to each other over the WebSocket, as JSON, one frame a message.

The page opens with `hello`, naming the last place of the transcript it has; the server answers `welcome`, sends again
what is newer, and from then on every new message. What a person does is an `event` under an id that the page makes
once and keeps until the server has acknowledged it, over reconnects, reloads and restarts; a repeated id is answered
with the same messages and done once. A message carries a `key`: the page shows each key once. One that came as a
notice is acknowledged by `seen`, and only then does the backend's outbox let go of it.

Each answer names the question that is asked after it, and each event the question that it is for, as its own page had
it: a person may have several pages open.

An event that cannot be taken is answered with `refused` and the reason; all others go on. Close codes: 1012 the server
restarts, come again; 4401 the staff session is over, log in again; 4408 too many pages are open; 1008 the page spoke
out of turn; 1009 a frame was larger than `FRAME_BYTES`. What it sent before the last two, a page does not send again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from backend.contract.models.values import Uuid
from dialogs import events
from dialogs.commands import LIMIT
from dialogs.outputs import Expect

RESTARTING = 1012
LOGGED_OUT = 4401
TOO_MANY_PAGES = 4408
OUT_OF_TURN = 1008

FRAME_BYTES = 64 * 1024
"""Largest frame a page may send."""
TEXT_LIMIT = 10_000
"""Characters of one typed message; the conversation says what a field takes."""

MOST_UPLOADS = 20
"""Files of one message."""


def _cut(most: int) -> BeforeValidator:
    """What only helps to read or to guess is shortened, never a reason to refuse."""
    return BeforeValidator(lambda value: value[:most] if isinstance(value, str) else value)


_Label = Annotated[str, _cut(200)]
_Key = Annotated[str, StringConstraints(max_length=200)]
_Seq = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,20}-[0-9]{1,20})?$")]


class Frame(BaseModel):
    """Base of everything on the wire."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- what a person does -----------------------------------------------------------------------------------------


class TextIn(Frame):
    type: Literal["text"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LIMIT)]


class PressIn(Frame):
    """A button. `label` and `of` (the message's key) only make the transcript readable again."""

    type: Literal["press"]
    command: Annotated[str, StringConstraints(min_length=1, max_length=LIMIT)]
    label: _Label = ""
    of: _Key = ""


class UploadIn(Frame):
    """A file that `POST files` has taken, as it answered."""

    id: Uuid
    kind: Literal["photo", "file", "voice", "video"]
    media_type: _Key
    size: Annotated[int, Field(ge=0)]
    """Bytes."""
    name: Annotated[str, _cut(300)] = ""
    spoken: bool = False
    """Whether it was recorded on the page."""


class MediaIn(Frame):
    type: Literal["media"]
    uploads: Annotated[list[UploadIn], Field(min_length=1, max_length=MOST_UPLOADS)]
    caption: Annotated[str, StringConstraints(max_length=TEXT_LIMIT)] = ""


class RejectedIn(Frame):
    """A file that was not taken."""

    type: Literal["rejected"]
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")]
    """The problem's code; one that is not known counts as `attachment-unavailable`."""
    name: Annotated[str, _cut(300)] = ""


class PlaceIn(Frame):
    """Degrees, WGS 84."""

    type: Literal["place"]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class StartIn(Frame):
    type: Literal["start"]
    payload: Annotated[str, StringConstraints(max_length=64)] = ""


EventIn = Annotated[TextIn | PressIn | MediaIn | RejectedIn | PlaceIn | StartIn, Field(discriminator="type")]


# --- page to server ---------------------------------------------------------------------------------------------


class Hello(Frame):
    """The first frame."""

    type: Literal["hello"]
    last: _Seq = ""
    """Place of the newest transcript entry the page shows; empty for a page that shows nothing."""
    language: Annotated[str, _cut(35)] = ""
    page: _Key = ""
    """Whose page it is, as the server named it: a browser may have logged somebody else in since."""


class EventFrame(Frame):
    type: Literal["event"]
    id: Uuid
    event: EventIn
    question: _Key | None = None
    """Of what was asked, what this is for, as `Bubble.question`; empty when nothing was asked, None when unknown."""


class Seen(Frame):
    """Somebody has had a notice's message before their eyes."""

    type: Literal["seen"]
    key: _Key


class Ping(Frame):
    """Is the line alive? Browsers cannot see the protocol's own pings."""

    type: Literal["ping"]


FromPage = Annotated[Hello | EventFrame | Seen | Ping, Field(discriminator="type")]
_from_page: TypeAdapter[FromPage] = TypeAdapter(FromPage)


def read_frame(data: str) -> FromPage:
    """Raises pydantic.ValidationError."""
    return _from_page.validate_json(data)


def refusal_of(data: str) -> Refused | None:
    """The answer to an event that `read_frame` does not take; None for what is no event, or does not say which."""
    try:
        frame = json.loads(data)
        named = _Named.model_validate(frame)
        _from_page.validate_python(frame)
    except ValidationError as error:
        if error.title == _Named.__name__:
            return None
        return Refused(id=named.id, reason=_reason(error))
    except (ValueError, RecursionError):
        return None
    return Refused(id=named.id, reason="not-taken")


class _Named(BaseModel):
    """As much of an event's frame as an answer needs."""

    type: Literal["event"]
    id: Uuid


def _reason(error: ValidationError) -> Reason:
    return next((_REASONS[one["type"]] for one in error.errors() if one["type"] in _REASONS), "not-taken")


# --- server to page ---------------------------------------------------------------------------------------------


class ButtonOut(Frame):
    label: str
    command: str


class RunOut(Frame):
    """A run of text in one weight."""

    text: str
    bold: bool = False


class Bubble(Frame):
    """One message of the chat, ours or the person's own."""

    key: str
    """Names it for ever: a page shows each key once."""
    who: Literal["us", "you"]
    at: datetime
    language: str = ""
    text: list[RunOut] = []
    rows: list[list[ButtonOut]] = []
    expects: Expect | None = None
    share: str = ""
    """Label of a button that gives the device's location."""
    files: list[str] = []
    """Attachment ids to fetch."""
    notice: str = ""
    """The page acknowledges this with `seen`."""
    event: str = ""
    """Id of the event this belongs to."""
    question: str | None = None
    """For an answer: id of what is asked now, empty when nothing is; None for what changes nothing of that."""
    ended: list[str] = []
    """For an answer: what is over with it, as the beginning of `question` names it."""
    of: str = ""
    """For a pressed button: key of the message it was pressed on."""
    kept: list[RunOut] | None = Field(default=None, exclude=True)
    """What is stored in place of the text, where that is not to be kept; never sent."""
    replaces: bool = False
    """If the message whose button was pressed shows this very text, exchange its buttons instead."""

    def as_kept(self) -> Bubble:
        """As it may be stored."""
        return self if self.kept is None else self.model_copy(update={"text": self.kept, "kept": None})


class Welcome(Frame):
    type: Literal["welcome"] = "welcome"
    fresh: bool
    """True when the server knows nothing of an earlier conversation."""


class MessageOut(Frame):
    type: Literal["message"] = "message"
    seq: str
    """Place in the transcript; empty when it could not be kept."""
    message: Bubble


class Ready(Frame):
    """All that was missed has been sent again."""

    type: Literal["ready"] = "ready"


class Ack(Frame):
    """The event is done, its answers have been sent."""

    type: Literal["ack"] = "ack"
    id: str


class More(Frame):
    """The event may go on: it is not done yet, and what the person did after it can be sent before its `ack`."""

    type: Literal["more"] = "more"
    id: str


class Wait(Frame):
    """Not now: send the event again after so many seconds."""

    type: Literal["wait"] = "wait"
    id: str
    seconds: float


Reason = Literal["too-long", "too-many-files", "characters", "not-taken"]

_REASONS: Mapping[str, Reason] = {
    "string_too_long": "too-long",
    "too_long": "too-many-files",
    "string_unicode": "characters",
}
"""By the type of pydantic's error."""


class Refused(Frame):
    """The event cannot be taken as it is, now or later; what comes after it can."""

    type: Literal["refused"] = "refused"
    id: str
    reason: Reason


class Failed(Frame):
    """The event could not be carried out; the person may try again."""

    type: Literal["failed"] = "failed"
    id: str


class Pong(Frame):
    type: Literal["pong"] = "pong"


ToPage = Welcome | MessageOut | Ready | Ack | More | Wait | Refused | Failed | Pong


def to_event(event: EventIn) -> events.Event:
    """The conversation's event that a page's event means."""
    match event:
        case TextIn():
            return events.Text(event.text)
        case PressIn():
            return events.Press(event.command)
        case MediaIn():
            return events.Media(tuple(map(_upload, event.uploads)), event.caption)
        case RejectedIn():
            return events.Rejected(event.reason)
        case PlaceIn():
            return events.Place(event.latitude, event.longitude)
        case StartIn():
            return events.Start(event.payload)


def _upload(one: UploadIn) -> events.Upload:
    spoken = one.spoken and one.kind == "voice"
    return events.Upload(one.id, one.kind, one.media_type, one.size, one.name, spoken=spoken)
