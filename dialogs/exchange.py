"""One event and its answer in a conversation: who spoke, what is remembered, and what is said back."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from backend.contract.message import Message, Words
from dialogs.commands import command
from dialogs.events import Incoming, Media, Text
from dialogs.fields.text import cleaned
from dialogs.outputs import Button, Output, Say
from dialogs.session import Errand, Session
from dialogs.times import moment

_NAMESPACE = uuid.UUID("5b1c3f2e-7c52-4d53-9b0e-2f0a51f6a0d4")


@dataclass(frozen=True)
class Reply:
    """What a conversation answers to one event, and the language to say it in."""

    language: str
    outputs: tuple[Output, ...]
    question: str = ""
    """Names what is asked after it; empty when nothing is."""
    ended: frozenset[str] = frozenset()
    """What is over with it, as `question` names matters: other pages may still be at it."""
    goes_on: bool = False
    """Whether what is said next may come in several messages: it is told freely, and nothing was chosen from."""


class Talk(Protocol):
    """A conversation, as the channels know it."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one event; the same event again gets the same answer."""


class GatheringTalk(Talk, Protocol):
    """One that takes several texts in a row as one."""

    async def handle_together(self, parts: Sequence[Incoming]) -> Reply:
        """Answer several texts of one person, oldest first, as one; those answered already are no part of it."""


Handle = Callable[[Incoming], Awaitable[Reply]]
"""The same for who needs no more of it."""
Together = Callable[[Sequence[Incoming]], Awaitable[Reply]]
"""Several texts as one, as `GatheringTalk` has it."""


@dataclass
class Exchange:
    """Collects what is said while an event is handled."""

    incoming: Incoming
    session: Session
    zone: ZoneInfo
    """The city's."""
    said: list[Output] = field(default_factory=list)
    is_code: bool = False
    """Whether what was typed is a code that lets somebody in: its words are not kept."""
    over: bool = False
    """Whether the event was for something that is over: what is asked now was asked elsewhere."""

    @property
    def now(self) -> datetime:
        return self.incoming.at

    @property
    def text(self) -> str:
        """What was typed with this event, if anything."""
        event = self.incoming.event
        return cleaned(event.text if isinstance(event, Text) else event.caption if isinstance(event, Media) else "")

    @property
    def is_edit(self) -> bool:
        """Whether a message sent earlier was changed: it answers nothing that was asked after it."""
        return isinstance(self.incoming.event, Text) and self.incoming.event.edited

    @property
    def files(self) -> dict[str, str]:
        """Ids of the attachments that came with this event, each with the file's name."""
        event = self.incoming.event
        if isinstance(event, Text) and event.recording is not None:
            return {event.recording.attachment: event.recording.name}
        return {upload.attachment: upload.name for upload in event.uploads} if isinstance(event, Media) else {}

    def say(
        self,
        text: Words,
        *rows: tuple[Button, ...],
        topic: str = "",
        attachments: tuple[str, ...] = (),
        call: str = "",
        kept: Words | None = None,
    ) -> None:
        self.said.append(Say(text, tuple(row for row in rows if row), topic, attachments, call, kept))

    def when(self, at: datetime) -> Message:
        """A point in time as people say it."""
        return moment(at, self.zone, self.now)

    def id(self, *what: str | int) -> str:
        """A UUID that this event gives for `what`, the same each time the event is delivered."""
        return str(uuid.uuid5(_NAMESPACE, "\x1f".join((self.incoming.person.key, self.incoming.id, *map(str, what)))))

    def open_errand(self, verb: str, number: str = "", stage: str = "", **args: str) -> Errand:
        """Begin an errand; one that was open is given up, but the same one begun again keeps what was written."""
        before = self.session.errand
        same = before is not None and (before.verb, before.number) == (verb, number)
        errand = Errand(verb, self.id(verb, number), number, args, stage)
        if before is not None and same and before.args.get("question") == args.get("question"):
            errand = errand.replace(id=before.id, text=before.text, files=before.files)
        self.session.errand = errand
        return errand


def lines(*parts: Words | None) -> Words:
    """The parts below each other; None is left out."""
    return _joined("text.lines", parts)


def paragraphs(*parts: Words | None) -> Words:
    """The parts with a blank line between them; None is left out."""
    return _joined("text.paragraphs", parts)


def listed(parts: Sequence[Words]) -> Words:
    """The parts in one line, separated as the language does."""
    return _joined("text.list", parts)


def _joined(key: str, parts: Iterable[Words | None]) -> Words:
    *before, last = [part for part in parts if part] or [""]
    for part in reversed(before):
        last = Message(key, {"first": part, "rest": last})
    return last


def button(key: str, verb: str, *args: str | int) -> Button:
    """A button with a label of the catalogues."""
    return Button(Message(key), command(verb, *args))
