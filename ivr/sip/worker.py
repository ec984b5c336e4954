"""A process that runs the SIP stack and passes each call on over the link. Started by `ivr.sip.workers`.

Settings come as one line of JSON on standard input; when that closes, the process ends. A line goes to standard output
when it is ready and then one a second, so that it can be missed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import time
from dataclasses import asdict, dataclass
from uuid import uuid4

from baresip import (
    Account,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    Config,
    Event,
    Runtime,
    StackEvent,
    TransferFailed,
    UserAgent,
)

from ivr.audiosocket.call import close
from ivr.audiosocket.codec import Decoder, Kind, Message, ProtocolError, encode
from ivr.audiosocket.numbers import e164
from ivr.call import EndReason, TransferOutcome
from ivr.pacer import Pacer
from ivr.sip.keys import Keys
from ivr.sip.link import SIZES, Details, LinkKind

log = logging.getLogger(__name__)

READY, ALIVE = "ready", "alive"
_HEADERS = ("To", "From", "P-Asserted-Identity")
_MOST_AUDIO = 8000
"""Bytes taken from the stack at one turn: half a second."""
_ANSWER_SECONDS = 10.0
_TRANSFER_SECONDS = 40.0
_OUTCOME_SECONDS = 1.0


@dataclass(frozen=True)
class WorkerSettings:
    link: str
    """Path of the socket to pass calls on to."""
    host: str
    port: int
    """Where to listen for SIP, by UDP and TCP."""
    max_calls: int
    rtp_timeout: int
    """Seconds without audio from the caller after which the call is dead."""
    country: str = "CN"
    """Completes numbers dialled at home."""

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class Bridge:
    """One call between the SIP stack and the link."""

    def __init__(self, call: Call, settings: WorkerSettings, pacer: Pacer) -> None:
        self._call = call
        self._settings = settings
        self._pacer = pacer
        self._keys = Keys()
        self._writer: asyncio.StreamWriter | None = None
        self._closed = asyncio.Event()
        self._reason = EndReason.HANGUP
        self._transfers: set[asyncio.Task[None]] = set()
        call.on(self._on_event)

    async def run(self) -> None:
        """Answer, carry, and leave nothing behind."""
        try:
            reader, self._writer = await asyncio.open_unix_connection(self._settings.link)
        except OSError:
            await self._hang_up()  # nobody is there to talk
            return
        try:
            await self._call.answer()
            await self._call.wait_established(_ANSWER_SECONDS)
            self._send(LinkKind.DETAILS, self._details().encode())
            self._pacer.add(self._turn)
            await self._carry(reader)
        except BaresipError as error:  # gone before it was answered, as a caller may be
            log.info("a call was not answered", extra={"action": "sip_unanswered", "why": type(error).__name__})
        finally:
            self._pacer.remove(self._turn)
            await self._hang_up()
            await close(self._writer)

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
            if message.kind == Kind.AUDIO:
                self._call.audio.write(message.payload)
            elif message.kind == LinkKind.FLUSH:
                self._call.audio.flush_tx()
        except (AudioNotActive, AudioRestarted):
            pass  # the other side changes its media or holds us: what was to be heard then is not

    def _turn(self) -> None:
        """What has come from the caller since the last turn goes to the link."""
        try:
            pcm = self._call.audio.read(_MOST_AUDIO)
        except (AudioNotActive, AudioRestarted):
            return
        if pcm:
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
            await self._call.transfer(self._uri(target), timeout=_TRANSFER_SECONDS)
            outcome = TransferOutcome.ACCEPTED
        except (TransferFailed, BaresipError, ValueError) as error:
            log.info("a transfer failed", extra={"action": "sip_transfer_failed", "why": type(error).__name__})
            outcome = TransferOutcome.REFUSED
        self._send(LinkKind.OUTCOME, outcome.encode())

    def _uri(self, target: str) -> str:
        """A number is dialled where the call came from."""
        if target.startswith(("sip:", "sips:")):
            return target
        return f"sip:{target}@{(self._call.peer or '').rpartition('@')[2].partition(';')[0]}"

    def _details(self) -> Details:
        headers = {name.lower(): value for name, value in self._call.headers.items()}
        identity = headers.get("p-asserted-identity") or headers.get("from") or self._call.peer or ""
        return Details(
            id=str(uuid4()),
            caller=e164(_user(identity), self._settings.country),
            called=_user(headers.get("to", "")) or None,
        )

    def _send(self, kind: int, payload: bytes = b"") -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(encode(kind, payload))

    async def _hang_up(self) -> None:
        if self._closed.is_set():
            return
        try:
            await self._call.hangup()
        except BaresipError:
            pass  # it is gone, which is all that was wanted


def _user(address: str) -> str:
    """The user part of `"Name" <sip:user@host>;tag=...`."""
    match = re.search(r"(?:sips?|tel):([^@;>]*)", address)
    return match[1] if match else ""


def _config(settings: WorkerSettings) -> Config:
    return Config(
        net_interface=settings.host if settings.host.startswith("127.") else None,
        expose_headers=_HEADERS,
        max_concurrent_calls=settings.max_calls,
        rtp_timeout=settings.rtp_timeout,
        extra_config_text=(
            f"sip_listen {settings.host}:{settings.port}\n"
            "sip_transports udp,tcp\n"  # TLS would listen on the next port, with no certificate set
            "audio_jitter_buffer_type adaptive\n"
            "audio_jitter_buffer_ms 20-160\n"
        ),
    )


def _account(settings: WorkerSettings) -> Account:
    return Account(
        user="hotline",
        domain=settings.host,
        password="",
        reg_interval=0,
        audio_codecs=("pcma", "pcmu"),
        # Without the first the stack re-INVITEs right after answering, and some peers abort then; the second takes
        # calls to any number.
        extra_params=("video_codecs=none", "catchall=yes"),
    )


async def serve(settings: WorkerSettings, stdin: asyncio.StreamReader) -> None:
    """Take calls until standard input closes."""
    runtime = Runtime()
    dead = asyncio.Event()
    runtime.on_dead = dead.set
    await runtime.start(_config(settings))
    pacer = Pacer()
    bridges: set[asyncio.Task[None]] = set()

    def incoming(call: Call) -> None:
        task = asyncio.create_task(Bridge(call, settings, pacer).run(), name="sip call")
        bridges.add(task)
        task.add_done_callback(bridges.discard)

    try:
        agent = await UserAgent.create(runtime, _account(settings), transfer_policy="reject")
        agent.on_incoming(incoming)
        _tell(READY)
        await _until_told_to_stop(stdin, dead)
    finally:
        for task in tuple(bridges):
            task.cancel()
        await asyncio.gather(*bridges, return_exceptions=True)
        await pacer.stop()
        await runtime.close()


async def _until_told_to_stop(stdin: asyncio.StreamReader, dead: asyncio.Event) -> None:
    stop = asyncio.create_task(stdin.read(1))
    try:
        while not stop.done() and not dead.is_set():
            await asyncio.wait({stop}, timeout=1)
            _tell(ALIVE)
    finally:
        stop.cancel()
        await asyncio.gather(stop, return_exceptions=True)


def _tell(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def _main() -> None:
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    settings = WorkerSettings(**json.loads(await stdin.readline()))
    try:
        await serve(settings, stdin)
    except BaresipError as error:
        sys.exit(f"SIP worker on port {settings.port}: {error}")


if __name__ == "__main__":
    # Warnings only: at the info level the stack's own lines hold callers' numbers.
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_main())
