"""Long polling that confirms an update to Telegram only after it was handled."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot, Dispatcher, exceptions
from aiogram.methods import GetUpdates
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.messenger.lanes import Gathering, Lanes, Trying

_log = logging.getLogger(__name__)

Handler = Callable[[Update], Awaitable[object]]


@dataclass(frozen=True)
class Polling(Trying):
    """How to poll; all times in seconds."""

    timeout: int = 25
    """Telegram holds an empty poll open for so long."""
    answer_margin: int = 15
    """After so much more without an answer the connection counts as dead."""
    limit: int = 100
    """Updates in one answer, and so the most that are handled at a time (Telegram gives at most 100)."""
    first_look: float = 0.02
    """While handlers run Telegram answers at once, with what runs already: so long is waited for them first ..."""
    last_look: float = 0.5
    """... doubled up to this while nothing new comes."""
    first_backoff: float = 1.0
    last_backoff: float = 30.0


class Poller:
    """Gets a bot's updates and hands them to ``handle``: those of one person in one chat in order (the parts
    of an album together), others side by side.

    Telegram forgets updates below the offset of a poll, so the offset never passes an update whose handler has not
    ended; after a crash these come again. Handlers must therefore bear to see an update id a second time.
    """

    def __init__(
        self,
        bot: Bot,
        handle: Handler,
        allowed_updates: Sequence[str] | None = None,
        polling: Polling | None = None,
        gathering: Gathering[Update] | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vary: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._bot = bot
        self._allowed = None if allowed_updates is None else list(allowed_updates)
        self._polling = polling or Polling()
        self._sleep = sleep
        self._vary = vary
        self._lanes: Lanes[Update] = Lanes(handle, self._polling, self._note_done, gathering, sleep=sleep, vary=vary)
        # Handled, but not yet below the offset, because an earlier one still runs.
        self._done: set[int] = set()
        self._newest: int | None = None
        self._failures = 0
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self.last_answer: float | None = None
        """Monotonic time of Telegram's last good answer, for the health check."""

    async def run(self) -> None:
        """Poll until ``stop``. Raises TelegramUnauthorizedError for a wrong token."""
        self._ended.clear()
        look = self._polling.first_look
        try:
            while not self._stopping.is_set():
                batch = await self._until_stop(self._poll())
                if batch is not None and self._accept(batch):
                    look = self._polling.first_look
                if self._lanes.running:
                    # The offset is held back: a poll now would be answered at once with what runs already.
                    await asyncio.wait(self._lanes.running.values(), timeout=look)
                    look = min(self._polling.last_look, look * 2)
        finally:
            self._ended.set()

    def hold(self) -> None:
        """Poll no more; handlers under way go on."""
        self._stopping.set()

    async def stop(self, timeout: float = 30.0) -> None:
        """Poll no more, and confirm what is done. Handlers under way get ``timeout`` seconds to end; then they are
        cancelled, and their updates come again at the next start."""
        self._stopping.set()
        await self._ended.wait()
        unfinished = await self._lanes.finish(timeout)
        confirmable = self._offset()
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        await self._confirm(confirmable)

    @property
    def running(self) -> int:
        """Updates being handled, or waiting for an earlier one of the same person."""
        return len(self._lanes.running)

    def _offset(self) -> int | None:
        """The first update that Telegram must keep."""
        if self._lanes.running:
            return min(self._lanes.running)
        return None if self._newest is None else self._newest + 1

    async def _poll(self) -> _Batch:
        """One poll, or after a failed one a pause."""
        polling = self._polling
        method = GetUpdates(
            offset=self._offset(), limit=polling.limit, timeout=polling.timeout, allowed_updates=self._allowed
        )
        try:
            batch = _Batch(await self._bot(method, request_timeout=polling.timeout + polling.answer_margin))
        except exceptions.TelegramUnauthorizedError:
            raise
        except exceptions.TelegramRetryAfter as error:
            _log.warning("telegram asks to poll more slowly", extra={"seconds": error.retry_after})
            await self._sleep(error.retry_after)
            return _Batch()
        except exceptions.ClientDecodeError as error:
            decoded = self._decodable(error.data)
            if decoded is None:
                return await self._back_off("the answer was not the Bot API's")
            batch = decoded
        except exceptions.TelegramConflictError:
            _log.error("another process gets this bot's updates, or a webhook is set: only one may")
            return await self._back_off("conflict")
        except exceptions.TelegramAPIError as error:
            return await self._back_off(type(error).__name__)
        self._failures = 0
        self.last_answer = time.monotonic()
        return batch

    async def _back_off(self, reason: str) -> _Batch:
        polling = self._polling
        pause = min(polling.last_backoff, polling.first_backoff * 2.0**self._failures * self._vary(1.0, 1.5))
        self._failures = min(self._failures + 1, 10)
        _log.warning("polling failed", extra={"reason": reason, "pause": pause})
        await self._sleep(pause)
        return _Batch()

    def _decodable(self, answer: Any) -> _Batch | None:
        """An answer in which aiogram cannot read some updates: these must not stop all others.
        None if it is no answer to getUpdates at all."""
        if not isinstance(answer, dict) or not isinstance(answer.get("result"), list):
            return None
        batch = _Batch()
        for raw in answer["result"]:
            try:
                batch.updates.append(Update.model_validate(raw, context={"bot": self._bot}))
            except ValidationError:
                _log.error("update skipped: it cannot be read", extra={"update_id": raw["update_id"]})
                batch.unreadable.append(raw["update_id"])
        return batch

    def _accept(self, batch: _Batch) -> bool:
        """Begin to handle the updates that are new; whether any was."""
        fresh = [u for u in batch.updates if u.update_id not in self._lanes.running and u.update_id not in self._done]
        for update in fresh:
            self._lanes.begin(update.update_id, update, _person(update), _album(update))
        self._done.update(batch.unreadable)
        # The newest of this answer, not of all: after a quiet week Telegram goes on with any number, even a lower one.
        self._newest = max([*(u.update_id for u in batch.updates), *batch.unreadable], default=self._newest)
        offset = self._offset() or 0
        self._done = {update_id for update_id in self._done if update_id >= offset}
        return bool(fresh)

    def _note_done(self, number: int) -> None:
        self._done.add(number)

    async def _confirm(self, offset: int | None) -> None:
        """Let Telegram forget what was handled, without a poll that waits."""
        if offset is None:
            return
        try:
            await self._bot(GetUpdates(offset=offset, limit=1, timeout=0), request_timeout=self._polling.answer_margin)
        except (exceptions.TelegramAPIError, exceptions.ClientDecodeError) as error:
            # These updates come again, and are recognised by their ids.
            _log.warning("the last updates could not be confirmed", extra={"reason": type(error).__name__})

    async def _until_stop(self, polls: Coroutine[Any, Any, _Batch]) -> _Batch | None:
        """The result, or None if ``stop`` came first."""
        poll = asyncio.create_task(polls)
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((poll, stop), return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else None
        finally:
            poll.cancel()
            stop.cancel()
            await asyncio.gather(poll, stop, return_exceptions=True)


@dataclass(frozen=True)
class _Batch:
    """Telegram's answer to one poll."""

    updates: list[Update] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    """Ids of updates that aiogram cannot read."""


def feeding(dispatcher: Dispatcher, bot: Bot) -> Handler:
    """A handler that gives updates to an aiogram dispatcher."""

    async def handle(update: Update) -> None:
        await dispatcher.feed_update(bot, update)

    return handle


def _person(update: Update) -> tuple[int, int]:
    """Whose updates must stay in order: chat and user, 0 where there is none."""
    try:
        event = update.event
    except UpdateTypeLookupError:
        return (0, 0)
    user = getattr(event, "from_user", None)
    chat = getattr(event, "chat", None) or getattr(getattr(event, "message", None), "chat", None) or user
    return (getattr(chat, "id", 0), getattr(user, "id", 0))


def _album(update: Update) -> str:
    """The album that a message is part of."""
    return (update.message.media_group_id if update.message else None) or ""
