"""Takes calls from Asterisk's AudioSocket application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import ip_address
from uuid import UUID, uuid4

from ivr.audiosocket.call import StreamCall, close
from ivr.audiosocket.codec import Decoder, Kind, Message, ProtocolError, encode
from ivr.audiosocket.numbers import Numbers, numbers_in_uuid
from ivr.audiosocket.settings import AudioSocketSettings
from ivr.call import CallHandler
from ivr.refusal import Refusal
from ivr.switchboard import Switchboard

log = logging.getLogger(__name__)

Identify = Callable[[UUID], Awaitable[Numbers]]

_OPENING_SECONDS = 5.0
"""For the first message, and for `identify`."""


class AudioSocketServer:
    """Listens, refuses whom it must, and gives each call to `on_call` in a task of its own."""

    def __init__(
        self,
        settings: AudioSocketSettings,
        on_call: CallHandler,
        *,
        identify: Identify | None = None,
        refused: Callable[[Refusal], None] = lambda _: None,
    ) -> None:
        """`identify`: who calls whom, by the UUID; unless given, as the sample dialplan tells it. `refused` is told of
        each call that is not taken.
        """
        self._refused = refused
        self._settings = settings
        self._identify = identify or partial(numbers_in_uuid, country=settings.country)
        self._board = Switchboard(on_call)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._refusals: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def calls(self) -> int:
        """Calls under way."""
        return self._board.calls

    async def start(self) -> None:
        """Raises OSError if it cannot listen."""
        self._server = await asyncio.start_server(self._accept, self._settings.host, self._settings.port)
        log.info("taking calls from Asterisk", extra={"action": "audiosocket_started", "port": self.port})

    async def stop(self, drain_seconds: float = 0) -> None:
        """Take no more calls, let those under way finish for a while, end the rest."""
        if self._server is not None:
            self._server.close()
        await self._board.stop(drain_seconds)
        left = self._connections | self._refusals
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = ip_address(writer.get_extra_info("peername")[0].partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        if not any((mapped or address) in network for network in self._settings.allowed):
            self._refuse(writer, Kind.HANGUP, Refusal.STRANGER, "the address is not listed")
        elif len(self._connections) >= self._settings.max_calls:
            self._refuse(writer, Kind.ERROR, Refusal.BUSY, "too many calls")
        else:
            task = asyncio.create_task(self._connection(reader, writer), name="audiosocket connection")
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    def _refuse(self, writer: asyncio.StreamWriter, farewell: Kind, refusal: Refusal, why: str) -> None:
        # With an error message the sample dialplan passes the caller on to a seat; a stranger is just cut off.
        log.warning("a call was refused: %s", why, extra={"action": "audiosocket_refused", "why": why})
        self._refused(refusal)
        writer.write(encode(farewell))
        task = asyncio.create_task(close(writer), name="refuse a call")
        self._refusals.add(task)
        task.add_done_callback(self._refusals.discard)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = Decoder()
        try:
            async with asyncio.timeout(_OPENING_SECONDS):
                uuid, rest = await _opening(reader, decoder)
                numbers = await self._identify(uuid)
        except (ProtocolError, TimeoutError, OSError) as error:
            log.warning("a call did not open", extra={"action": "audiosocket_bad_opening", "why": type(error).__name__})
            writer.write(encode(Kind.ERROR))
            await close(writer)
            return
        call = StreamCall(
            reader,
            writer,
            decoder,
            id=str(uuid4()),  # the UUID holds the caller's number, and ids are logged
            caller=numbers.caller,
            called=numbers.called,
            max_seconds=self._settings.max_seconds,
            quiet_seconds=self._settings.quiet_seconds,
            hands_back=self._settings.hands_back,
        )
        await self._board.carry(call, call.run(rest))


async def _opening(reader: asyncio.StreamReader, decoder: Decoder) -> tuple[UUID, list[Message]]:
    """The UUID, which comes first, and what came along behind it."""
    messages: list[Message] = []
    while not messages:
        data = await reader.read(4096)
        if not data:
            raise ProtocolError("closed before it began")
        messages = decoder.feed(data)
    if messages[0].kind != Kind.UUID:
        raise ProtocolError("the first message is not the UUID")
    return UUID(bytes=messages[0].payload), messages[1:]
