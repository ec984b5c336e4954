"""One call between the SIP stack and the link to the process that talks."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from baresip import AudioNotActive, AudioRestarted, BaresipError, Call, Event, StackEvent, TransferFailed

from ivr.audiosocket.call import close
from ivr.audiosocket.codec import Decoder, Kind, Message, ProtocolError, encode
from ivr.call import EndReason, TransferOutcome
from ivr.numbers import e164
from ivr.pacer import Pacer
from ivr.sip.keys import Keys
from ivr.sip.link import SIZES, Details, LinkKind
from ivr.sip.orders import Dial, WorkerSettings

log = logging.getLogger(__name__)

_MOST_AUDIO = 8000
"""Bytes taken from the stack at one turn: half a second."""
_ANSWER_SECONDS = 10.0
_LONGEST_PACKET = 0.1
"""Seconds after which audio goes on after a flush in any case."""
_OUTCOME_SECONDS = 1.0
"""How long the last words of a call may take: a transfer's outcome, and the link's other end closing it."""
_CANNOT: Final = frozenset({405, 420, 501})
"""Answers to REFER of those who know of no transfers."""


class Bridge:
    """One call between the SIP stack and the link."""

    def __init__(
        self, call: Call, settings: WorkerSettings, pacer: Pacer, closed: Callable[[], None] = lambda: None
    ) -> None:
        """`closed` is told when a caller is refused because nobody is there to talk."""
        self._call = call
        self._settings = settings
        self._pacer = pacer
        self._closed_door = closed
        self._keys = Keys()
        self._writer: asyncio.StreamWriter | None = None
        self._early = bytearray()
        self._introduced = False
        self._after_flush: list[bytes] | None = None
        self._flushed = 0.0
        self._closed = asyncio.Event()
        self._reason = EndReason.HANGUP
        self._transfers: set[asyncio.Task[None]] = set()
        call.on(self._on_event)

    async def run(self, dialled: Dial | None = None) -> None:
        """Answer, carry, and leave nothing behind; a call that was `dialled` is answered already."""
        try:
            reader, self._writer = await asyncio.open_unix_connection(self._settings.link)
        except OSError:
            if dialled is None:
                self._closed_door()
            await self.hang_up()
            return
        try:
            if dialled is None:
                await self._call.answer()
                await self._call.wait_established(_ANSWER_SECONDS)
            self._introduce(self._details(dialled))
            self._pacer.add(self._turn)
            await self._carry(reader)
        except BaresipError as error:  # gone before it was answered, as a caller may be
            log.info("a call was not answered", extra={"action": "sip_unanswered", "why": type(error).__name__})
        finally:
            self._pacer.remove(self._turn)
            await self.hang_up()
            await close(self._writer)

    async def hang_up(self) -> None:
        """Again, or after the call's end, does nothing."""
        if self._closed.is_set():
            return
        try:
            await self._call.hangup()
        except BaresipError:
            pass  # it is gone, which is all that was wanted

    async def _carry(self, reader: asyncio.StreamReader) -> None:
        reading = asyncio.create_task(self._read(reader))
        closing = asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait({reading, closing}, return_when=asyncio.FIRST_COMPLETED)
            if self._closed.is_set():
                if self._transfers:  # a transfer that succeeds closes the call: its outcome goes first
                    await asyncio.wait(self._transfers, timeout=_OUTCOME_SECONDS)
                self._turn()
                self._send(LinkKind.ENDED, self._reason.encode())
                # Closed with audio of theirs still unread, the socket is reset, and what was sent may be lost with it.
                await asyncio.wait({reading}, timeout=_OUTCOME_SECONDS)
        finally:
            left = {reading, closing, *self._transfers}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Until this side ends the call or is gone."""
        decoder = Decoder(SIZES)
        try:
            while data := await reader.read(8192):
                for message in decoder.feed(data):
                    if message.kind in (Kind.HANGUP, Kind.ERROR):
                        return
                    self._take(message)
        except (ProtocolError, OSError):
            log.exception("the link broke", extra={"action": "sip_link_broken"})

    def _take(self, message: Message) -> None:
        if message.kind == LinkKind.TRANSFER:
            task = asyncio.create_task(self._transfer(message.payload.decode()), name="transfer")
            self._transfers.add(task)
            task.add_done_callback(self._transfers.discard)
            return
        try:
            if message.kind == LinkKind.FLUSH:
                self._flush()
            elif message.kind == Kind.AUDIO and self._after_flush is not None:
                self._after_flush.append(message.payload)
            elif message.kind == Kind.AUDIO:
                self._call.audio.write(message.payload)
        except (AudioNotActive, AudioRestarted):
            pass  # the other side changes its media or holds us: what was to be heard then is not

    def _flush(self) -> None:
        """The stack drops at its next packet whatever it has by then: what follows the flush has to wait for that."""
        if self._after_flush is not None:
            self._after_flush.clear()
        elif self._call.audio.info().tx_buffered:
            self._call.audio.flush_tx()
            self._after_flush = []
            self._flushed = time.monotonic()

    def _go_on_after_flush(self) -> None:
        if self._after_flush is None:
            return
        try:
            if self._call.audio.info().tx_buffered and time.monotonic() - self._flushed < _LONGEST_PACKET:
                return
            waiting, self._after_flush = self._after_flush, None
            for pcm in waiting:
                self._call.audio.write(pcm)
        except (AudioNotActive, AudioRestarted):
            self._after_flush = None  # gone with its media

    def _turn(self) -> None:
        """What has come from the caller since the last turn goes to the link."""
        self._go_on_after_flush()
        try:
            pcm = self._call.audio.read(_MOST_AUDIO)
        except (AudioNotActive, AudioRestarted):
            return
        # Music that is played while we are held is not the caller.
        if pcm and not self._call.remote_on_hold:
            self._send(Kind.AUDIO, pcm)

    def _on_event(self, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_DTMF_START:
                if event.text and self._keys.start(event.text, time.monotonic()):
                    self._send(Kind.DIGIT, event.text.encode())
            case Event.CALL_DTMF_END:
                self._keys.end(time.monotonic())
            case Event.CALL_CLOSED:
                if "rtp stream" in (event.text or ""):
                    self._reason = EndReason.RTP_TIMEOUT
                self._closed.set()

    async def _transfer(self, target: str) -> None:
        try:
            await self._call.transfer(self._uri(target), timeout=self._settings.sip.transfer_seconds)
            outcome = TransferOutcome.ACCEPTED
        except TransferFailed as error:
            log.info("a transfer failed", extra={"action": "sip_transfer_failed", "status": error.status})
            outcome = TransferOutcome.UNSUPPORTED if error.status in _CANNOT else TransferOutcome.REFUSED
        except (BaresipError, ValueError) as error:
            log.info("a transfer failed", extra={"action": "sip_transfer_failed", "why": type(error).__name__})
            outcome = TransferOutcome.REFUSED
        self._send(LinkKind.OUTCOME, outcome.encode())

    def _uri(self, target: str) -> str:
        """A number is dialled where the call came from."""
        if target.startswith(("sip:", "sips:")):
            return target
        return f"sip:{target}@{(self._call.peer or '').rpartition('@')[2].partition(';')[0]}"

    def _details(self, dialled: Dial | None) -> Details:
        country = self._settings.sip.country
        if dialled is not None:
            trunk = self._settings.sip.trunk
            return Details(
                id=str(uuid4()),
                caller=e164(_user(dialled.uri), country),
                called=(trunk.shown or trunk.user or None) if trunk is not None else None,
                worker=self._settings.port,
                dialled=dialled.id,
            )
        headers = {name.lower(): value for name, value in self._call.headers.items()}
        identity = headers.get("p-asserted-identity") or headers.get("from") or self._call.peer or ""
        return Details(
            id=str(uuid4()),
            caller=e164(_user(identity), country),
            called=_user(headers.get("to", "")) or None,
            worker=self._settings.port,
        )

    def _introduce(self, details: Details) -> None:
        """The details go first; a key may have been pressed while the caller's ACK was still on its way."""
        self._introduced = True
        self._send(LinkKind.DETAILS, details.encode())
        if self._early and self._writer is not None:
            self._writer.write(bytes(self._early))

    def _send(self, kind: int, payload: bytes = b"") -> None:
        if not self._introduced:
            self._early += encode(kind, payload)
        elif self._writer is not None and not self._writer.is_closing():
            self._writer.write(encode(kind, payload))


def _user(address: str) -> str:
    """The user part of `"Name" <sip:user@host>;tag=...`."""
    match = re.search(r"(?:sips?|tel):([^@;>]*)", address)
    return match[1] if match else ""
