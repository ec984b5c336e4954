"""One call over a stream of AudioSocket messages."""

from __future__ import annotations

import asyncio
import logging
from typing import ClassVar

from ivr.audio import SILENCE
from ivr.audiosocket.codec import Decoder, Kind, Message, ProtocolError, encode
from ivr.call import DIGITS, FRAMES_PER_SECOND, EndReason, TransferOutcome
from ivr.carried import CarriedCall

log = logging.getLogger(__name__)

_READ = 8192
_MOST_UNSENT = 64 * 1024
"""Bytes (4 s) the other end may leave unread before it counts as dead."""
_MOST_EARLY = 250
"""Frames (5 s) the other end may send ahead of time before reading waits for the clock."""
_CLOSING_SECONDS = 2.0


class StreamCall(CarriedCall):
    """A MediaCall over a stream whose first messages have been read. `run` carries it; `turn` is its tick."""

    transport: ClassVar[str] = "audiosocket"

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        decoder: Decoder,
        *,
        id: str,
        caller: str | None,
        called: str | None,
        max_seconds: float,
        quiet_seconds: float,
        hands_back: bool = False,
        lead: int = 1,
    ) -> None:
        """`max_seconds`: the longest a call lasts; `quiet_seconds`: how long the other end may send nothing at all;
        `hands_back`: what calls us takes the caller on when a call ends with an error message.
        """
        super().__init__(id=id, caller=caller, called=called, max_seconds=max_seconds, lead=lead)
        self._reader = reader
        self._writer = writer
        self._decoder = decoder
        self._quiet_seconds = quiet_seconds
        self._hands_back = hands_back
        self._received = 0

    # What the talk sees.

    async def transfer(self, target: str) -> TransferOutcome:  # noqa: ARG002 - the dialplan's next step says where to
        """Ends the call with an error message, upon which the sample dialplan passes the caller on to a seat."""
        if not self._hands_back or self.ended is not None:
            return TransferOutcome.UNSUPPORTED
        self.end(EndReason.HANGUP, Kind.ERROR)
        return TransferOutcome.ACCEPTED

    # What carries the call.

    def end(self, reason: EndReason, farewell: Kind | None = Kind.HANGUP) -> None:
        """End the call and tell the other end; None when there is nobody to tell. The first reason counts."""
        if self._finish(reason) and farewell is not None:
            self.send(farewell)

    def fail(self) -> None:
        """End the call with an error message, upon which the sample dialplan passes the caller on to a seat."""
        self.end(EndReason.ERROR, Kind.ERROR)

    async def run(self, first: list[Message]) -> None:
        """Read until the call ends; `first` came along with what opened the call. Closes the stream."""
        reading = asyncio.create_task(self._read(first), name=f"read call {self.id}")
        try:
            await self._over.wait()
        finally:
            self.end(EndReason.CANCELLED)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await close(self._writer)

    def turn(self) -> None:
        """A frame time has passed: one frame leaves, a missing one is filled in, limits are checked."""
        if self.ended is not None:
            return
        self._send_audio(self._tick())
        if self._writer.transport.get_write_buffer_size() > _MOST_UNSENT:
            self.end(EndReason.RTP_TIMEOUT, farewell=None)
        elif self._too_long:
            self.end(EndReason.MAX_DURATION)

    def send(self, kind: int, payload: bytes = b"") -> None:
        if not self._writer.is_closing():
            self._writer.write(encode(kind, payload))

    def _send_audio(self, frames: list[bytes]) -> None:
        # Silence as well: Asterisk gives up on a stream that is still for two seconds.
        for frame in frames or [SILENCE]:
            self.send(Kind.AUDIO, frame)

    async def _read(self, messages: list[Message]) -> None:
        try:
            while True:
                for message in messages:
                    self._take(message)
                if self.ended is not None:
                    return
                await self._wait_for_the_clock()
                async with asyncio.timeout(self._quiet_seconds):
                    data = await self._reader.read(_READ)
                if not data:
                    self.end(self._closed(), farewell=None)
                    return
                messages = self._decoder.feed(data)
        except TimeoutError:
            self.end(EndReason.RTP_TIMEOUT)
        except ProtocolError as error:
            log.warning("call broken off: %s", error, extra={"action": "call_protocol_error", "call": self.id})
            self.end(EndReason.ERROR, Kind.ERROR)
        except OSError:
            self.end(EndReason.ERROR, farewell=None)

    async def _wait_for_the_clock(self) -> None:
        early = self._received - self._elapsed - _MOST_EARLY
        if early > 0:
            await asyncio.sleep(early / FRAMES_PER_SECOND)

    def _take(self, message: Message) -> None:
        match message.kind:
            case Kind.AUDIO:
                for frame in self._framer.feed(message.payload):
                    self._received += 1
                    self._inbox.heard(frame)
            case Kind.DIGIT:
                digit = message.payload.decode("latin-1")
                if digit in DIGITS:  # A to D are keys no telephone of a caller has
                    self._inbox.pressed(digit)
            case Kind.HANGUP:
                self.end(EndReason.HANGUP, farewell=None)
            case Kind.ERROR:
                self.end(EndReason.ERROR, farewell=None)
            case _:
                self._take_other(message)

    def _closed(self) -> EndReason:
        """What it means that the other end closed the stream without a word."""
        return EndReason.HANGUP

    def _take_other(self, message: Message) -> None:
        raise ProtocolError(f"kind 0x{message.kind:02x} in the middle of a call")


async def close(writer: asyncio.StreamWriter) -> None:
    """Close the stream once what was written has left; cut it if the other end does not take it."""
    writer.close()
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await writer.wait_closed()
    except TimeoutError:
        writer.transport.abort()
    except OSError:
        pass  # it is closed, which is all that was wanted
