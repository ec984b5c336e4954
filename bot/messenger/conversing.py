"""Leads a bot's conversations: lets the talk answer what came, and shows the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from bot.messenger.errors import Blocked, ChatGone, Refused, TopicGone
from bot.messenger.screen import PressedT, Screen
from bot.messenger.spot import Spot
from dialogs.events import Incoming, Person
from dialogs.exchange import Reply, Talk

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Conversing(Generic[PressedT]):
    """What the conversations of a bot have in common, whichever messenger it is."""

    channel: str
    talk: Talk
    screen: Screen[PressedT]
    now: Callable[[], datetime]

    async def answer(self, incoming: Incoming, spot: Spot, pressed: PressedT | None = None) -> None:
        """Hand one event to the talk, and show what it says. Raises only what trying again may mend."""
        await self.show_answer(await self.talk.handle(incoming), incoming, spot, pressed)

    async def show_answer(self, reply: Reply, incoming: Incoming, spot: Spot, pressed: PressedT | None = None) -> None:
        """Raises only what trying again may mend."""
        try:
            try:
                await self.show(spot, incoming.person, reply, pressed)
            except ChatGone as error:
                if error.moved_to is None:
                    raise
                await self.show(Spot(error.moved_to, spot.topic), incoming.person, reply)
        except (Blocked, ChatGone, TopicGone) as error:
            log.info("an answer found nobody", extra={"reason": type(error).__name__})
        except Refused:
            log.exception("the messenger refuses an answer")

    async def show(self, spot: Spot, person: Person, reply: Reply, pressed: PressedT | None = None) -> None:
        """Raises SendError."""
        await self.screen.show(
            spot, reply.outputs, reply.language, account=person.key, pressed=pressed, question=reply.question
        )
