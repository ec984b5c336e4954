"""Files again, now and then, what people confirmed while the backend was away, and tells them."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime

from dialogs.commands import Verb, command
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Incoming, Person, Press
from dialogs.exchange import Reply

log = logging.getLogger(__name__)

_SECONDS = 10.0


async def refile(
    talk: EnterpriseTalk, tell: Callable[[Person, Reply], Awaitable[None]], channels: Collection[str]
) -> None:
    """For ever; cancel it to stop. The first round is at once: a process that died may have left somebody waiting."""
    while True:
        try:
            for person, reply in await talk.retry_pending(_pressed_retry, channels):
                await _tell(tell, person, reply)
        except Exception as error:
            log.warning("filing again failed", extra={"error": type(error).__name__})
        await asyncio.sleep(_SECONDS)


async def _tell(tell: Callable[[Person, Reply], Awaitable[None]], person: Person, reply: Reply) -> None:
    try:
        await tell(person, reply)
    except Exception as error:
        # The acceptance notice tells the person all the same.
        log.warning("telling what was filed again failed", extra={"error": type(error).__name__})


def _pressed_retry(person: Person) -> Incoming:
    return Incoming(person, f"retry-{uuid.uuid4()}", datetime.now(UTC), Press(command(Verb.RETRY)))
