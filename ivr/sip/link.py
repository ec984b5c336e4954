"""What a SIP worker and this process tell each other about a call: AudioSocket's messages and five more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final

from ivr.audiosocket.call import StreamCall
from ivr.audiosocket.codec import SIZES as AUDIOSOCKET_SIZES
from ivr.audiosocket.codec import Decoder, Kind, Message, ProtocolError
from ivr.call import EndReason, TransferOutcome
from ivr.sip.settings import SipSettings

_LEAD = 5
"""Frames the SIP stack holds ahead of time, so that 80 ms of our lateness are not heard; a flush drops them."""


class LinkKind(IntEnum):
    DETAILS = 0x80
    """First message of a call, from the worker: `Details` as JSON."""
    FLUSH = 0x81
    """To the worker: drop the audio that has not left."""
    TRANSFER = 0x82
    """To the worker: where to."""
    OUTCOME = 0x83
    """From the worker: a TransferOutcome."""
    ENDED = 0x84
    """From the worker, its last: an EndReason."""


SIZES: Final[Mapping[int, tuple[int, int]]] = {
    **AUDIOSOCKET_SIZES,
    LinkKind.DETAILS: (2, 4096),
    LinkKind.FLUSH: (0, 0),
    LinkKind.TRANSFER: (1, 255),
    LinkKind.OUTCOME: (1, 32),
    LinkKind.ENDED: (1, 32),
}


@dataclass(frozen=True)
class Details:
    id: str
    caller: str | None
    """Who is at the other end, whoever called whom."""
    called: str | None
    worker: int
    """The worker's port."""
    dialled: str | None = None
    """The id of the order by which we called; None when they called us."""

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, payload: bytes) -> Details:
        """Raises ProtocolError."""
        try:
            return cls(**json.loads(payload))
        except (ValueError, TypeError) as error:
            raise ProtocolError("details that cannot be read") from error


class LinkCall(StreamCall):
    """A SIP call, as the process that talks sees it."""

    transport: ClassVar[str] = "sip"

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, lead=_LEAD, **settings)
        self._outcome: asyncio.Future[TransferOutcome] | None = None

    @classmethod
    def opened(
        cls,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        decoder: Decoder,
        details: Details,
        settings: SipSettings,
    ) -> LinkCall:
        return cls(
            reader,
            writer,
            decoder,
            id=details.id,
            caller=details.caller,
            called=details.called,
            max_seconds=settings.max_seconds,
            # The stack itself notices dead callers, and knows of hold; this is for a stack that hangs.
            quiet_seconds=settings.max_seconds,
        )

    def drop(self) -> None:
        """End a call that was dialled and that nobody wants any more."""
        self.end(EndReason.CANCELLED)

    def play(self, pcm: bytes) -> None:
        super().play(pcm)
        self._send_audio(self._playout.whole())  # an answer need not wait for our clock: the stack has its own

    def flush(self) -> None:
        super().flush()
        self.send(LinkKind.FLUSH)

    async def transfer(self, target: str) -> TransferOutcome:
        """By REFER; accepted once the new call of the caller's side was answered."""
        if self.ended is not None or self._outcome is not None:
            return TransferOutcome.REFUSED
        self._outcome = asyncio.get_running_loop().create_future()
        try:
            self.send(LinkKind.TRANSFER, target.encode())
            return await self._outcome
        finally:
            self._outcome = None

    def end(self, reason: EndReason, farewell: Kind | None = Kind.HANGUP) -> None:
        super().end(reason, farewell)
        self._settle(TransferOutcome.REFUSED)

    def _closed(self) -> EndReason:
        # A worker takes its leave; one that does not has died.
        return EndReason.ERROR

    def _send_audio(self, frames: list[bytes]) -> None:
        # The stack sends silence by itself when it has nothing else.
        for frame in frames:
            self.send(Kind.AUDIO, frame)

    def _take_other(self, message: Message) -> None:
        try:
            match message.kind:
                case LinkKind.OUTCOME:
                    self._settle(TransferOutcome(message.payload.decode()))
                case LinkKind.ENDED:
                    self.end(EndReason(message.payload.decode()), farewell=None)
                case _:
                    super()._take_other(message)
        except ValueError as error:
            raise ProtocolError(str(error)) from error

    def _settle(self, outcome: TransferOutcome) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)
