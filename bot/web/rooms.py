"""Knows which pages are open for whom, and sends every message to all pages of its person, in one order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bot.web.protocol import RESTARTING, TOO_MANY_PAGES, Bubble, MessageOut, Ready, ToPage, Welcome
from bot.web.transcript import Entry, Transcript

log = logging.getLogger(__name__)

SEND_SECONDS = 10.0
"""A page that takes nothing for this long is given up; it comes again and resumes."""
MOST_PAGES = 8
"""Pages of one person open at a time."""


class TooManyPages(Exception):
    """This person has too many pages open."""

    code = TOO_MANY_PAGES


class Line:
    """The WebSocket of one open page."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._held: list[ToPage] | None = None

    async def send(self, frame: ToPage) -> None:
        """Send, or keep for later while the line is held; a broken line is closed and says nothing."""
        if self._held is not None:
            self._held.append(frame)
            return
        await self._send(frame)

    async def catch_up(self, frames: Sequence[ToPage]) -> None:
        """Send what was missed, then what came meanwhile and is not among it."""
        for frame in frames:
            await self._send(frame)
        while self._held:
            if (frame := self._held.pop(0)) not in frames:
                await self._send(frame)
        self._held = None

    def hold(self) -> None:
        """From now on keep what is sent, until the page has caught up."""
        self._held = []

    async def close(self, code: int) -> None:
        """Close; a page that does not answer is cut off."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.close(code=code)

    async def _send(self, frame: ToPage) -> None:
        if self._socket.closed:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_str(frame.model_dump_json())
        except (ConnectionError, TimeoutError):
            await self.close(RESTARTING)


@dataclass
class _Room:
    """One person's open pages."""

    lines: list[Line] = field(default_factory=list)
    order: asyncio.Lock = field(default_factory=asyncio.Lock)
    awaited: dict[str, asyncio.Future[bool]] = field(default_factory=dict)
    """Notices, by key; done with True once somebody has seen it, with False when the last page is gone before."""


class Rooms:
    """The open pages of one process, by person (channel and id)."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._rooms: dict[str, _Room] = {}

    def addresses(self, channel: str) -> list[str]:
        """Ids of everybody who has a page of this channel open."""
        prefix = f"{channel}:"
        return [person.removeprefix(prefix) for person in self._rooms if person.startswith(prefix)]

    def is_open(self, person: str) -> bool:
        """Whether this person has a page open."""
        return person in self._rooms

    @contextlib.asynccontextmanager
    async def opened(self, person: str, line: Line, last: str) -> AsyncIterator[None]:
        """The page is open for the length of the block; first it gets what it missed. Raises TooManyPages."""
        room = self._rooms.setdefault(person, _Room())
        if len(room.lines) >= MOST_PAGES:
            raise TooManyPages
        line.hold()
        room.lines.append(line)
        try:
            missed = await self._transcript.since(person, last)
            fresh = not missed and await self._transcript.is_empty(person)
            await line.catch_up([Welcome(fresh=fresh), *map(_message, missed), Ready()])
            yield
        finally:
            room.lines.remove(line)
            if not room.lines:
                self._rooms.pop(person, None)
                for awaited in room.awaited.values():
                    _settle(awaited, False)

    async def publish(self, person: str, bubbles: Sequence[Bubble]) -> None:
        """Keep messages and show them on every open page of the person."""
        room = self._rooms.get(person) or _Room()
        async with room.order:
            for bubble in bubbles:
                await self._show(person, await self._transcript.append(person, bubble))

    async def deliver(self, person: str, key: str, bubbles: Sequence[Bubble], seconds: float) -> bool:
        """Show a notice; True once a page has said that it was seen, False if none does in `seconds`."""
        room = self._rooms.get(person)
        if room is None:
            return False
        seen = room.awaited.setdefault(key, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(seconds):
                async with room.order:
                    for bubble in bubbles:
                        await self._show(person, await self._to_show(person, bubble))
                await asyncio.shield(seen)
        except TimeoutError:
            return False
        return await self._seen(person, seen, bubbles)

    async def seen_at_last(self, person: str, key: str, bubbles: Sequence[Bubble]) -> bool:
        """After `deliver` was in vain: True once somebody has seen it, False when the person's last page is gone."""
        room = self._rooms.get(person)
        return room is not None and key in room.awaited and await self._seen(person, room.awaited[key], bubbles)

    def seen(self, person: str, key: str) -> None:
        """A page says that a notice was before somebody's eyes."""
        room = self._rooms.get(person)
        if room is not None and key in room.awaited:
            _settle(room.awaited[key], True)

    async def close(self, person: str, code: int) -> None:
        """Close all pages of a person."""
        room = self._rooms.get(person)
        if room is not None:
            await asyncio.gather(*(line.close(code) for line in tuple(room.lines)))

    async def close_all(self, code: int = RESTARTING) -> None:
        """Close every page, so that it comes again elsewhere or later."""
        lines = [line for room in self._rooms.values() for line in room.lines]
        await asyncio.gather(*(line.close(code) for line in lines))

    async def _seen(self, person: str, awaited: asyncio.Future[bool], bubbles: Sequence[Bubble]) -> bool:
        if not await asyncio.shield(awaited):
            return False
        await self._keep_shown(person, bubbles)
        return True

    async def _to_show(self, person: str, bubble: Bubble) -> Entry:
        """A notice that is not kept as it is has no place before somebody has seen it whole: a page that gets a
        placeholder first would show nothing else.
        """
        if bubble.kept is not None:
            return Entry("", bubble)
        return await self._transcript.find(person, bubble.key) or await self._transcript.append(person, bubble)

    async def _keep_shown(self, person: str, bubbles: Sequence[Bubble]) -> None:
        for bubble in bubbles:
            if bubble.kept is not None and await self._transcript.find(person, bubble.key) is None:
                await self._transcript.append(person, bubble)

    async def _show(self, person: str, entry: Entry) -> None:
        """On the pages open by now: one may have come while the entry was being kept, and not have found it."""
        room, frame = self._rooms.get(person), _message(entry)
        if room is not None:
            await asyncio.gather(*(line.send(frame) for line in tuple(room.lines)))


def _message(entry: Entry) -> MessageOut:
    return MessageOut(seq=entry.seq, message=entry.bubble)


def _settle(future: asyncio.Future[bool], result: bool) -> None:
    if not future.done():
        future.set_result(result)
