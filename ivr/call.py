"""What a phone call is to the talk: events in, audio out, and nothing of the transport that carries it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol

from dialogs.speech.frames import FRAME_BYTES as FRAME_BYTES  # a call's audio is cut as it is heard
from dialogs.speech.frames import FRAME_SAMPLES as FRAME_SAMPLES
from dialogs.speech.frames import FRAME_SECONDS as FRAME_SECONDS
from dialogs.speech.frames import FRAMES_PER_SECOND as FRAMES_PER_SECOND
from dialogs.speech.frames import SAMPLE_RATE as SAMPLE_RATE

DIGITS: Final = "0123456789*#"


class EndReason(StrEnum):
    """Why a call ended."""

    HANGUP = "hangup"
    """One of the two sides hung up, or the caller was handed over."""
    RTP_TIMEOUT = "rtp_timeout"
    """Nothing came from the other end for too long, or it took nothing off us."""
    MAX_DURATION = "max_duration"
    ERROR = "error"
    """The connection broke, or what came over it made no sense."""
    CANCELLED = "cancelled"
    """This service is stopping."""


class TransferOutcome(StrEnum):
    """What became of handing the caller over."""

    ACCEPTED = "accepted"
    """The caller is with somebody else; this call ends."""
    REFUSED = "refused"
    """Nobody took the caller; this call goes on."""
    UNSUPPORTED = "unsupported"
    """This way of calling cannot hand over; this call goes on."""


@dataclass(frozen=True)
class Audio:
    """What the caller's end sounded like for 20 ms."""

    frame: bytes
    """Always FRAME_BYTES long; silence where packets are missing."""


@dataclass(frozen=True)
class Digit:
    """A key was pressed: reported once, at its start where the transport tells it."""

    digit: str
    """One of DIGITS."""


@dataclass(frozen=True)
class Ended:
    """The call is over; nothing follows."""

    reason: EndReason


CallEvent = Audio | Digit | Ended


@dataclass(frozen=True)
class Caption:
    """One thing that was spoken in the call, for a caller who has a screen."""

    side: Literal["said", "heard"]
    """`said` to the caller, or `heard` from the caller."""
    text: str


class MediaCall(Protocol):
    """An answered call."""

    @property
    def id(self) -> str:
        """Names the call in logs and records; unique, and says nothing about the caller."""
        ...

    @property
    def caller(self) -> str | None:
        """Number in E.164 with its plus sign; None when withheld or not a number."""
        ...

    @property
    def called(self) -> str | None:
        """The number dialled, as the network gave it; None when not known."""
        ...

    @property
    def transport(self) -> str:
        """How the call came: `sip`, `audiosocket` ..."""
        ...

    def events(self) -> AsyncIterator[CallEvent]:
        """What happens, in order, 50 audio frames a second; ends after Ended. For one consumer.

        A consumer that falls far behind loses the oldest audio, never the end, nor a digit until there are hundreds.
        """
        ...

    @property
    def behind(self) -> int:
        """Audio frames that came and were not taken from `events` yet: how late its consumer is."""
        ...

    def play(self, pcm: bytes) -> None:
        """Queue audio of any length, to follow what is queued already without a gap; the transport paces it.

        Does nothing once the call has ended. Raises ValueError if it is not whole samples.
        """
        ...

    def flush(self) -> None:
        """Drop what is queued: the last loud packet leaves within 60 ms."""
        ...

    async def drained(self) -> None:
        """Wait until everything queued has been sent, was flushed, or the call has ended."""
        ...

    def show(self, caption: Caption) -> None:
        """Show what is spoken, where the caller has a screen; elsewhere, and once the call has ended, do nothing."""
        ...

    async def transfer(self, target: str) -> TransferOutcome:
        """Hand the caller over to a number or SIP address, and wait for the outcome."""
        ...

    async def hangup(self) -> None:
        """End the call; again, or after its end, does nothing."""
        ...


CallHandler = Callable[[MediaCall], Awaitable[None]]
"""Talks to one caller; the call is hung up when it returns."""
