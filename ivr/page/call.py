"""One call from a browser."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import ClassVar, Final

from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from av import AudioFrame

from ivr.audio import SILENCE
from ivr.call import DIGITS, FRAMES_PER_SECOND, Caption, EndReason, TransferOutcome
from ivr.carried import CarriedCall
from ivr.page.media import PCMA, Outgoing, pcm_of, receive_straight
from ivr.page.network import Network
from ivr.page.offer import BadOffer, Offer

log = logging.getLogger(__name__)

_FAREWELL_SECONDS = 0.1
"""For the last message to leave."""
_CLOSING_SECONDS = 3.0
_MOST_DIGITS = 32
"""Keys at once; then as many as frames pass. A person is slower."""
_LONGEST_MESSAGE = 200
"""Characters; what a page sends is a key or a farewell."""
_MOST_CAPTIONS_UNSENT = 64 * 1024
"""Bytes a page may leave untaken before captions are dropped."""
_HELD: Final = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)


class PageCall(CarriedCall):
    """A MediaCall over WebRTC: audio as G.711, keys and captions as JSON over the data channel that the page opens.

    The page sends `{"digit": "5"}` and `{"bye": true}`, and gets `{"caption": {"side", "text"}}` and
    `{"ended": reason}`.
    `answer` answers the offer, `connected` waits for the media, `run` carries the call; `turn` is its tick.
    """

    transport: ClassVar[str] = "page"

    def __init__(
        self, *, id: str, caller: str | None, called: str | None, max_seconds: float, quiet_seconds: float
    ) -> None:
        """`max_seconds`: the longest a call lasts; `quiet_seconds`: how long a page that speaks may send nothing."""
        super().__init__(id=id, caller=caller, called=called, max_seconds=max_seconds)
        self._most_quiet = int(quiet_seconds * FRAMES_PER_SECOND)
        self._connection = RTCPeerConnection(_HELD)
        self._voice = Outgoing()
        self._channel: RTCDataChannel | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._speaks = False
        self._heard_at = 0
        self._digits_left = _MOST_DIGITS
        self._ready = asyncio.Event()

    # What the talk sees.

    def show(self, caption: Caption) -> None:
        if self.ended is None:
            self._tell({"caption": {"side": caption.side, "text": caption.text}})

    async def transfer(self, target: str) -> TransferOutcome:  # noqa: ARG002 - there is nowhere to pass a page on to
        """A page cannot be handed over; it can be told a number to ring."""
        return TransferOutcome.UNSUPPORTED

    # What carries the call.

    async def answer(self, offer: Offer, network: Network) -> str:
        """Our session description. Raises BadOffer, or NoPort when the network has none left."""
        self._speaks = offer.speaks
        self._connection.on("track", self._hear)
        self._connection.on("datachannel", self._open)
        self._connection.on("connectionstatechange", self._changed)
        line = self._connection.addTransceiver(self._voice, "sendrecv")
        line.setCodecPreferences([PCMA])
        network.use_for(line.receiver.transport.transport.iceGatherer)
        receive_straight(line.receiver)
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        except OSError:
            raise
        except Exception as error:
            # aiortc says in many ways that it cannot do with an offer; all of them are the browser's doing.
            raise BadOffer("an offer that cannot be answered") from error
        return str(self._connection.localDescription.sdp)

    async def connected(self, seconds: float) -> bool:
        """Wait until audio and keys can come."""
        try:
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        except TimeoutError:
            self.end(EndReason.ERROR)
        return self.ended is None

    @property
    def is_connected(self) -> bool:
        """Whether audio and keys can come; before, there is but an offer."""
        return self._ready.is_set()

    async def run(self) -> None:
        """Until the call ends; then closes the connection."""
        try:
            await self._over.wait()
        finally:
            self.end(EndReason.CANCELLED)
            await self.close()

    async def close(self) -> None:
        """Free everything the call holds; `run` does so itself."""
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
        if self._reachable:
            await asyncio.sleep(_FAREWELL_SECONDS)
        self._voice.stop()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._connection.close()
        except TimeoutError:
            log.warning("a call's connection did not close", extra={"action": "call_not_closed", "call": self.id})

    def turn(self) -> None:
        """A frame time has passed: one frame leaves, a missing one is filled in, limits are checked."""
        if self.ended is not None:
            return
        self._digits_left = min(_MOST_DIGITS, self._digits_left + 1)
        for frame in self._tick() or [SILENCE]:
            self._voice.put(frame)
        if self._too_long:
            self.end(EndReason.MAX_DURATION)
        elif self._speaks and self._elapsed - self._heard_at >= self._most_quiet:
            self.end(EndReason.RTP_TIMEOUT)

    def end(self, reason: EndReason) -> None:
        """End the call and tell the page; the first reason counts."""
        if self._finish(reason):
            self._tell({"ended": reason})
            self._ready.set()

    def fail(self) -> None:
        """The page says that something went wrong."""
        self.end(EndReason.ERROR)

    # What the connection tells.

    def _changed(self) -> None:
        state = self._connection.connectionState
        if state == "closed":
            self.end(EndReason.HANGUP)
        elif state == "failed":
            self.end(EndReason.RTP_TIMEOUT if self._ready.is_set() else EndReason.ERROR)

    def _hear(self, track: MediaStreamTrack) -> None:
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._listen(track), name=f"hear call {self.id}")

    async def _listen(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                self._heard_at = self._elapsed
                for piece in self._framer.feed(pcm_of(frame)):
                    self._inbox.heard(piece)
        except MediaStreamError:
            return  # no more comes; the connection, or the silence, tells whether the call is over

    def _open(self, channel: RTCDataChannel) -> None:
        if self._channel is not None:
            return
        self._channel = channel
        channel.on("message", self._take)
        channel.on("close", lambda: self.end(EndReason.HANGUP))
        self._ready.set()

    def _take(self, data: str | bytes) -> None:
        if not isinstance(data, str) or len(data) > _LONGEST_MESSAGE:
            return
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            return
        match message:
            case {"digit": str(digit)} if digit and digit in DIGITS and len(digit) == 1 and self._digits_left:
                self._digits_left -= 1
                self._inbox.pressed(digit)
            case {"bye": True}:
                self.end(EndReason.HANGUP)

    def _tell(self, message: object) -> None:
        if self._channel is None or not self._reachable or self._channel.bufferedAmount > _MOST_CAPTIONS_UNSENT:
            return
        self._channel.send(json.dumps(message, ensure_ascii=False))

    @property
    def _reachable(self) -> bool:
        # A page that is gone leaves its channel open: aiortc would fail in a task of its own.
        channel = self._channel
        return channel is not None and channel.readyState == "open" and channel.transport.transport.state == "connected"
