"""One page's conversation over its WebSocket, from hello to close."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import WSMessage, WSMsgType, web
from pydantic import ValidationError
from redis.exceptions import RedisError

from backend.contract.errors import BackendError, Forbidden, Unauthenticated
from bot.web.bubbles import answer_bubbles, own_bubble
from bot.web.deps import WebDeps
from bot.web.pace import Pace
from bot.web.protocol import (
    FRAME_BYTES,
    LOGGED_OUT,
    OUT_OF_TURN,
    Ack,
    EventFrame,
    Failed,
    FromPage,
    Hello,
    More,
    Ping,
    Pong,
    Refused,
    Seen,
    TextIn,
    Wait,
    read_frame,
    refusal_of,
    to_event,
)
from bot.web.rooms import Line, TooManyPages
from dialogs.events import Incoming, Person
from dialogs.exchange import Handle, Together
from dialogs.gathering import may_be_part, may_go_on
from dialogs.sessions import SessionBusy, SessionLost

log = logging.getLogger(__name__)

_HELLO_SECONDS = 15.0
_HEARTBEAT_SECONDS = 30.0
_MOST_WAITING = 32
"""Events of one page that may wait for their turn."""
_PAUSE_SECONDS = 2.0
_FINISH_SECONDS = 40.0
"""What was sent before a page closed is still done within this: longer than the backend client tries."""


@dataclass(frozen=True)
class Guest:
    """Whose page it is."""

    channel: str
    id: str
    language: str
    """As the browser prefers; the page may know better."""
    talk: Handle
    page: str = ""
    """As `Hello.page` has it; empty where a page is anybody's who has it open."""
    still_welcome: Callable[[], Awaitable[object]] | None = None
    """Asked now and then: raises Unauthenticated or Forbidden once the page must close."""
    together: Together | None = None
    """Takes several texts in a row as one; None: each is for itself."""


async def sit(request: web.Request, deps: WebDeps, guest: Guest, pace: Pace) -> web.WebSocketResponse:
    """Serve the WebSocket until it closes; what was sent before is done to its end."""
    socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, max_msg_size=FRAME_BYTES)
    await socket.prepare(request)
    line = Line(socket)
    hello = await _hello(socket)
    if hello is None:
        await line.close(OUT_OF_TURN)
        return socket
    if hello.page and guest.page and hello.page != guest.page:
        await line.close(LOGGED_OUT)
        return socket
    person = Person(guest.channel, guest.id, language=hello.language or guest.language)
    sitting = _Sitting(deps, guest, person, line, pace)
    worker = asyncio.create_task(sitting.work())
    deps.at_work.add(worker)
    worker.add_done_callback(deps.at_work.discard)
    watch = asyncio.create_task(sitting.watch())
    try:
        async with deps.rooms.opened(person.key, line, hello.last):
            deps.wake(guest.channel)
            await sitting.read(socket)
    except TooManyPages as refused:
        await line.close(refused.code)
    finally:
        watch.cancel()
        sitting.no_more()
        try:
            await asyncio.wait((worker,), timeout=_FINISH_SECONDS)
        finally:
            worker.cancel()
            await asyncio.gather(watch, worker, return_exceptions=True)
    return socket


async def _hello(socket: web.WebSocketResponse) -> Hello | None:
    try:
        message = await socket.receive(timeout=_HELLO_SECONDS)
        frame = read_frame(message.data) if message.type is WSMsgType.TEXT else None
    except (TimeoutError, ValidationError):
        return None
    return frame if isinstance(frame, Hello) else None


class _Sitting:
    def __init__(self, deps: WebDeps, guest: Guest, person: Person, line: Line, pace: Pace) -> None:
        self._deps = deps
        self._guest = guest
        self._person = person
        self._line = line
        self._pace = pace
        self._events: asyncio.Queue[EventFrame | None] = asyncio.Queue()
        self._after: list[EventFrame | None] = []
        """What came after several that were taken together, and is no part of them."""
        self._told_freely = False
        """Whether what comes next may come in several texts."""

    async def read(self, socket: web.WebSocketResponse) -> None:
        """Take frames until the socket closes. Acknowledgements are taken at once, events wait for their turn."""
        async for message in socket:
            match _frame_of(message):
                case EventFrame() as frame:
                    await self._enqueue(frame)
                case Seen(key=key):
                    self._deps.rooms.seen(self._person.key, key)
                case Ping():
                    await self._line.send(Pong())
                case Refused() as refused:
                    log.info("an event was refused", extra={"reason": refused.reason})
                    await self._line.send(refused)
                case _:
                    await self._line.close(OUT_OF_TURN)
                    return

    def no_more(self) -> None:
        """No event will follow."""
        self._events.put_nowait(None)

    async def work(self) -> None:
        """Carry out events, one after the other."""
        while (frame := await self._next()) is not None:
            frames = [frame]
            try:
                await self._gather(frames)
                await self._answer(frames)
                for one in frames:
                    await self._line.send(Ack(id=one.id))
            except Unauthenticated:
                # Not acknowledged: the page keeps it, and sends it again after the next log-in.
                await self._line.close(LOGGED_OUT)
                return
            except (SessionBusy, SessionLost, RedisError) as error:
                # The page sends it again under the same id.
                log.warning("an event has to wait", extra={"error": type(error).__name__})
                for one in frames:
                    await self._line.send(Wait(id=one.id, seconds=_PAUSE_SECONDS))
            except Exception:
                log.exception("an event failed", extra={"channel": self._guest.channel, "event": frame.event.type})
                for one in frames:
                    await self._line.send(Failed(id=one.id))

    async def watch(self) -> None:
        """Close the page once it may not be open any more."""
        check = self._guest.still_welcome
        while check is not None:
            await asyncio.sleep(self._deps.staff_check_seconds)
            try:
                await check()
            except (Unauthenticated, Forbidden):
                await self._line.close(LOGGED_OUT)
                return
            except BackendError as error:
                log.warning("session not checked", extra={"code": error.code})

    async def _enqueue(self, frame: EventFrame) -> None:
        seconds = 1.0 if self._events.qsize() >= _MOST_WAITING else self._pace.wait(self._person.key)
        if seconds:
            await self._line.send(Wait(id=frame.id, seconds=round(seconds, 2)))
        else:
            self._events.put_nowait(frame)

    async def _next(self) -> EventFrame | None:
        return self._after.pop() if self._after else await self._events.get()

    async def _gather(self, frames: list[EventFrame]) -> None:
        """Take to the first what follows as long as that may be a part of it; something else ends the wait at once."""
        await self._show_own(frames[0])
        while self._may_go_on(frames[-1]):
            await self._line.send(More(id=frames[-1].id))
            try:
                async with asyncio.timeout(self._deps.quiet_seconds):
                    after = await self._events.get()
            except TimeoutError:
                return
            if after is None or not _is_part(after, frames[0]):
                self._after.append(after)
                return
            frames.append(after)
            await self._show_own(after)

    def _may_go_on(self, frame: EventFrame) -> bool:
        if self._guest.together is None or self._deps.quiet_seconds is None or not self._told_freely:
            return False
        return not self._after and isinstance(frame.event, TextIn) and may_go_on(frame.event.text)

    async def _show_own(self, frame: EventFrame) -> None:
        own = own_bubble(frame, self._deps.now())
        if own is not None:
            await self._deps.rooms.publish(self._person.key, [own])

    async def _answer(self, frames: list[EventFrame]) -> None:
        now, person = self._deps.now(), self._person
        parts = [Incoming(person, one.id, now, to_event(one.event), question=one.question) for one in frames]
        together = self._guest.together
        reply = await (self._guest.talk(parts[0]) if len(parts) == 1 or together is None else together(parts))
        self._told_freely = reply.goes_on
        bubbles = answer_bubbles(reply, frames[-1].id, self._deps.now())
        await self._deps.rooms.publish(person.key, bubbles)


def _is_part(frame: EventFrame, first: EventFrame) -> bool:
    """Never across a question: what the page sent it for must be the same."""
    return isinstance(frame.event, TextIn) and frame.question == first.question and may_be_part(frame.event.text)


def _frame_of(message: WSMessage) -> FromPage | Refused | None:
    """What the page says, or the refusal of an event that cannot be taken; None for what makes no sense."""
    if message.type is not WSMsgType.TEXT:
        return None
    try:
        return read_frame(message.data)
    except ValidationError:
        return refusal_of(message.data)
