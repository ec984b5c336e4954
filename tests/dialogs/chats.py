"""A person in a chat, for tests that read as one: says, presses by label, and sees what a phone would show."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from backend.contract.client import BackendClient
from backend.contract.models.notices import ClaimIn
from dialogs.chat import ChatMessage, present
from dialogs.events import Event, Incoming, Media, Person, Press, SharedPhone, Start, Text, Upload
from dialogs.exchange import Reply, Talk
from dialogs.notices import Notices
from dialogs.outputs import Output

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""

_EVENTS = itertools.count(1)


@dataclass(repr=False)
class Chat:
    """One person's chat. Buttons of all messages so far can be pressed, as on a phone."""

    talk: Talk
    person: Person
    ticket: str = ""
    """The topic it takes place in, if any."""
    language: str = "zh_CN"
    now: datetime = MONDAY
    shown: list[ChatMessage] = field(default_factory=list)
    """All messages, oldest first."""
    fresh: list[ChatMessage] = field(default_factory=list)
    """Those of the last event."""
    last: Incoming | None = None
    asked: str = ""
    """What is asked now, as `Reply.question`."""

    @property
    def text(self) -> str:
        """What the last event brought, in plain words."""
        return "\n".join(message.plain for message in self.fresh)

    @property
    def labels(self) -> list[str]:
        """Buttons of the last event's messages."""
        return [button.label for message in self.fresh for row in message.rows for button in row]

    async def says(self, text: str) -> Chat:
        return await self.does(Text(text))

    async def starts(self, payload: str = "") -> Chat:
        return await self.does(Start(payload))

    async def shares_phone(self, phone: str) -> Chat:
        return await self.does(SharedPhone(phone))

    async def sends_file(self, attachment: str, caption: str = "") -> Chat:
        return await self.does(Media((Upload(attachment, "photo", "image/jpeg", 3, "photo.jpg"),), caption))

    async def presses(self, label: str) -> Chat:
        """The newest button whose label holds `label`."""
        for message in reversed(self.shown):
            for row in message.rows:
                for button in row:
                    if label in button.label:
                        return await self.does(Press(button.command))
        raise AssertionError(f"no button {label!r}; the last were {self.labels} under: {self.text}")

    async def sends(self, command: str) -> Chat:
        """A button of long ago."""
        return await self.does(Press(command))

    async def does(self, event: Event) -> Chat:
        self.now += timedelta(seconds=5)
        self.last = Incoming(self.person, f"e{next(_EVENTS)}", self.now, event, self.ticket)
        return self.sees(await self.talk.handle(self.last))

    async def quotes(self, question: str, text: str) -> Chat:
        """Answer a message of long ago, which asked `question`."""
        self.now += timedelta(seconds=5)
        self.last = Incoming(self.person, f"e{next(_EVENTS)}", self.now, Text(text), self.ticket, quotes=question)
        return self.sees(await self.talk.handle(self.last))

    async def again(self) -> Chat:
        """The channel delivers the last event once more."""
        assert self.last is not None
        return self.sees(await self.talk.handle(self.last))

    def sees(self, reply: Reply) -> Chat:
        self.asked = reply.question
        return self.sees_outputs(reply.outputs, reply.language)

    def sees_outputs(self, outputs: Sequence[Output], language: str) -> Chat:
        self.fresh = [message for output in outputs for message in present(output, language)]
        self.shown += self.fresh
        return self

    async def gets_notices(self, client: BackendClient, notices: Notices) -> Chat:
        """Deliver what waits for this person, as a channel does."""
        page = await client.claim_notices(ClaimIn(channels=[self.person.channel], addresses=[self.person.id]))
        self.fresh = []
        collected: list[ChatMessage] = []
        for notice in page.items:
            self.sees_outputs(notices.outputs(notice, self.now), notice.language)
            collected += self.fresh
            await client.mark_sent(notice.id)
        self.fresh = collected
        return self
