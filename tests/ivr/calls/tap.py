"""Listens in on the calls of a served phone: what each caller was told, as captions, at the moment it is said."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

from ivr.call import CallEvent, CallHandler, Caption, MediaCall, TransferOutcome
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers

PATIENCE = 90.0
"""Seconds until what must be said is missed; a machine under load is slow, not wrong."""


class Captions:
    """One person's calls, as a transcript."""

    def __init__(self) -> None:
        self.all: list[Caption] = []
        self._at = 0
        self._news = asyncio.Event()

    def add(self, caption: Caption) -> None:
        self.all.append(caption)
        self._news.set()

    async def next(self, patience: float = PATIENCE) -> str:
        """What is said next, after what was taken before. Raises AssertionError with the transcript."""
        return await self.until("", patience)

    async def until(self, words: str, patience: float = PATIENCE) -> str:
        """The next thing said that holds these words, after what was taken before."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    while self._at < len(self.all):
                        caption = self.all[self._at]
                        self._at += 1
                        if caption.side == "said" and words in caption.text:
                            return caption.text
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"never said {words!r} in:\n{self}") from None

    @property
    def said(self) -> str:
        return "\n".join(caption.text for caption in self.all if caption.side == "said")

    @property
    def heard(self) -> list[str]:
        return [caption.text for caption in self.all if caption.side == "heard"]

    def __str__(self) -> str:
        return "\n".join(f"{'>' if caption.side == 'heard' else ' '} {caption.text}" for caption in self.all)


class Tap:
    """The captions of all calls, by the number at the other end."""

    def __init__(self) -> None:
        self._lines: defaultdict[str, Captions] = defaultdict(Captions)

    def __getitem__(self, number: str) -> Captions:
        return self._lines[number]

    def on(self, call: MediaCall) -> TappedCall:
        return TappedCall(call, self._lines[call.caller or ""])


class TappedCall:
    """A call whose captions are seen elsewhere; in all else the call itself."""

    def __init__(self, call: MediaCall, captions: Captions) -> None:
        self._call = call
        self._captions = captions
        self.id, self.caller, self.called, self.transport = call.id, call.caller, call.called, call.transport

    def events(self) -> AsyncIterator[CallEvent]:
        return self._call.events()

    @property
    def behind(self) -> int:
        return self._call.behind

    def play(self, pcm: bytes) -> None:
        self._call.play(pcm)

    def flush(self) -> None:
        self._call.flush()

    async def drained(self) -> None:
        await self._call.drained()

    def show(self, caption: Caption) -> None:
        self._captions.add(caption)

    async def transfer(self, target: str) -> TransferOutcome:
        return await self._call.transfer(target)

    async def hangup(self) -> None:
        await self._call.hangup()


class TappedWorkers(SipWorkers):
    """The SIP of a phone, with the tap between its calls and the talk, whoever called whom."""

    def __init__(self, settings: SipSettings, on_call: CallHandler, tap: Tap) -> None:
        async def tapped(call: MediaCall) -> None:
            await on_call(tap.on(call))

        super().__init__(settings, tapped)
        self._tap = tap

    async def dial(self, target: str, *, ring_seconds: float | None = None) -> MediaCall:
        return self._tap.on(await super().dial(target, ring_seconds=ring_seconds))
