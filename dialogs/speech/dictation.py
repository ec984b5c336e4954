"""Free speech to text, by a few recognisers that are kept: a used one decodes three times faster than a new one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager

from .decoding import Decoding
from .frames import FRAME_BYTES, FRAMES_PER_SECOND, SAMPLE_RATE
from .model import SpeechModel
from .news import Heard, SpeechBegan, SpeechEvent
from .recogniser import Recogniser, Utterance

_PIECE = 10 * FRAME_BYTES
"""Bytes of a recording decoded at a time, so that menus get their turn between."""


def dictations(threads: int) -> int:
    """How many stories to transcribe at a time on so many threads: half leave room for the menus, and the fewer
    recognisers there are, the warmer they keep.
    """
    return max(1, threads // 2)


class DictationPool:
    """At most `size` recognisers of free speech, each made when first needed; further streams wait for one.

    Each grows to about 150 MB and then stays: `size` is a matter of memory and cores.
    """

    def __init__(self, model: SpeechModel, threads: Executor, size: int = 1, rate: int = SAMPLE_RATE) -> None:
        """`rate`: samples a second of what is heard; news counts the phone's frames, and is for its rate alone."""
        # Last in, first out: the one used last is warm, and others may never need to be made.
        self._free: asyncio.LifoQueue[_Kept] = asyncio.LifoQueue()
        for _ in range(size):
            self._free.put_nowait(_Kept(model, threads, rate))

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Dictation]:
        """A recogniser for the audio of one answer as it comes; waits for a free one. Bound it with asyncio.timeout."""
        kept = await self._free.get()
        try:
            yield Dictation(kept)
        finally:
            kept.give_back()
            self._free.put_nowait(kept)

    async def transcribe(self, pcm: bytes) -> str:
        """The words of a recording, without spaces or punctuation; '' when nothing was understood."""
        async with self.stream() as dictation:
            for begin in range(0, len(pcm), _PIECE):
                dictation.feed(pcm[begin : begin + _PIECE])
            return await dictation.finish()


class Dictation:
    """One answer in free words. Its end is the caller's business: count frames since the last news."""

    def __init__(self, kept: _Kept) -> None:
        self._kept = kept

    def feed(self, audio: bytes) -> None:
        """The next audio, a frame or more; returns at once. Raises DecodingFailed when the recogniser broke."""
        self._kept.decoding.feed(audio)

    def news(self) -> list[SpeechEvent]:
        """What was said since the last call, a Heard for each piece between pauses, its key always None."""
        found = []
        while self._kept.news:
            found.append(self._kept.news.popleft())
        return found

    async def settled(self) -> None:
        """Wait until all audio fed so far is decoded."""
        await self._kept.decoding.settled()

    async def finish(self) -> str:
        """No more audio comes: all that was said, without spaces or punctuation. Raises DecodingFailed."""
        await self._kept.decoding.settled()
        return await asyncio.wrap_future(self._kept.decoding.after_that(self._kept.end))


class _Kept:
    """A recogniser that outlives its streams, and the stream it has now."""

    def __init__(self, model: SpeechModel, threads: Executor, rate: int) -> None:
        self._model = model
        self._rate = rate
        self.decoding = Decoding(threads, self._step)
        self.news: deque[SpeechEvent] = deque()
        self._recogniser: Recogniser | None = None
        self._texts: list[str] = []
        self._speaking = False
        self._taken = 0

    def give_back(self) -> None:
        """Forget the stream; what comes next waits until that is done. Safe in the middle of one."""
        self.decoding.forget()
        self.decoding.after_that(self._clean)

    def end(self) -> str:
        if self._recogniser is not None:
            self._tell(self._recogniser.final())
        return "".join(self._texts)

    def _step(self, audio: bytes) -> None:
        if self._recogniser is None:
            self._recogniser = self._model.recogniser(rate=self._rate)
        self._taken += len(audio)
        ended = self._recogniser.accept(audio)
        if ended:
            self._tell(self._recogniser.result())
        elif not self._speaking and self._recogniser.partial():
            self._speaking = True
            self.news.append(SpeechBegan(self._taken // FRAME_BYTES - 1))

    def _tell(self, utterance: Utterance) -> None:
        if utterance.words:
            began = int(utterance.words[0].began * FRAMES_PER_SECOND)
            ended = int(utterance.words[-1].ended * FRAMES_PER_SECOND) + 1
            if not self._speaking:
                self.news.append(SpeechBegan(began))
            self.news.append(Heard(None, utterance.text, utterance.confidence, began, ended))
            self._texts.append(utterance.text)
        self._speaking = False

    def _clean(self) -> None:
        self.news.clear()
        self._texts.clear()
        self._speaking = False
        self._taken = 0
        if self._recogniser is None:
            return
        recogniser, self._recogniser = self._recogniser, None
        recogniser.reset()  # if even this fails, a new one is made for the next stream
        self._recogniser = recogniser
