"""Audio that waits to be sent, handed out a frame at a time."""

from __future__ import annotations

import asyncio

from ivr.call import FRAME_BYTES


class Playout:
    """A queue of audio; `tick` is called once a frame time and says what leaves now.

    `lead` frames may be with the other end before their time, which hides our own lateness; it must be able to drop
    them again when the rest is flushed. 1 sends each frame at its time.
    """

    def __init__(self, lead: int = 1) -> None:
        self._lead = lead
        self._pcm = bytearray()
        self._ahead = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    def play(self, pcm: bytes) -> None:
        """Raises ValueError if it is not whole samples."""
        if len(pcm) % 2:
            raise ValueError("16-bit audio has an even number of bytes")
        if pcm and not self._closed:
            self._pcm += pcm
            self._idle.clear()

    def flush(self) -> None:
        self._pcm.clear()
        self._ahead = 0
        self._idle.set()

    def close(self) -> None:
        """Drop what is queued and take no more."""
        self._closed = True
        self.flush()

    def tick(self) -> list[bytes]:
        """A frame time has passed: the frames that leave now, none when nothing is queued."""
        self._ahead = max(0, self._ahead - 1)
        return self._take(1)

    def whole(self) -> list[bytes]:
        """Whole frames that may leave before the next tick, for an other end that keeps the time itself."""
        return self._take(FRAME_BYTES)

    def _take(self, least: int) -> list[bytes]:
        """Frames while there are so many bytes left."""
        leaving = []
        while len(self._pcm) >= least and self._ahead < self._lead:
            leaving.append(bytes(self._pcm[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0"))
            del self._pcm[:FRAME_BYTES]
            self._ahead += 1
        if not self._pcm and not self._ahead:
            self._idle.set()
        return leaving

    @property
    def busy(self) -> bool:
        """Whether anything is queued or still sounding."""
        return not self._idle.is_set()

    async def drained(self) -> None:
        await self._idle.wait()
