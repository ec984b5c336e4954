"""An open line to one caller, on which prompts are said until a key cuts them short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ivr.call import FRAME_BYTES, FRAMES_PER_SECOND, Audio, Caption, Digit, Ended, EndReason, MediaCall, TransferOutcome
from ivr.speech.listening import Listening
from ivr.talk.alarms import Alarm
from ivr.talk.call_over import CallOver, PutThrough
from ivr.talk.ear import Ear
from ivr.talk.prompt import Clip, Prompt, caption, stretches
from ivr.talk.question import Question
from ivr.voice.speech import Speech

NEVER = -(10**9)
BETWEEN_KEYS = 3.0
"""Seconds after the last key of an entry until it counts as whole."""
_GONE = Ended(EndReason.HANGUP)


class Mouth(Protocol):
    """Turns speech into audio."""

    async def say(self, speech: Speech, language: str) -> bytes:
        """8 kHz, 16-bit, of one sentence's sound; never fails for words it cannot say."""
        ...


class OpenLine:
    """Says prompts, and gives what the caller does; every wait ends with CallOver when the call does.

    Digits pressed while we are busy wait for the next question: who knows the menu need not wait for it.
    """

    def __init__(self, call: MediaCall, voice: Mouth, ear: Ear | None, *, lockstep: bool = False) -> None:
        """`ear`: None when there is no speech model: keys only. `lockstep`: decode each frame before the next is
        taken, for calls whose time is not real.
        """
        self.call = call
        self.language = "zh_CN"
        self.touched = False
        """Whether anything was ever heard from the caller, or pressed: a telephone in a pocket says nothing."""
        self.heeds: Callable[[str], bool] = lambda _: False
        """Whether words cannot wait for the answer to the question."""
        self._voice = voice
        self._ear = ear
        self.lockstep = lockstep
        self._events = call.events()
        self._queued = 0
        """Frames until the prompt is over, counted in those that are taken."""
        self.frames = 0
        self.whole_at = NEVER
        """When an entry became whole by its last digit, in frames."""

    @property
    def prompting(self) -> bool:
        """Whether a prompt is still being said."""
        return self._queued > 0

    @property
    def hears(self) -> bool:
        """Whether the caller can answer by voice: we have a Chinese model only."""
        return self._ear is not None and self.language == "zh_CN"

    async def tell(self, prompt: Prompt) -> None:
        """Say it to its end; a key cuts it short."""
        await self._play(prompt)
        while self._queued > 0:
            event = await self.next_event()
            if isinstance(event, Digit):
                self.hush()

    async def say(self, prompt: Prompt, language: str = "") -> None:
        """Begin to say it, in the caller's language unless another is given; what is said or asked next follows."""
        await self._play(prompt, language)

    def _queue(self, pcm: bytes) -> None:
        if pcm:
            # What came while we were busy is taken at one go: time that has passed does not count for the prompt.
            self._queued = max(self._queued, self.call.behind) - (-len(pcm) // FRAME_BYTES)
        self.call.play(pcm)

    def listen(self, question: Question) -> Listening | None:
        """What hears the answer; None where only keys count."""
        return self._ear.listen(question) if self._ear is not None and self.hears else None

    def watch(self) -> Listening | None:
        """What hears alarms while somebody tells in their own words."""
        return self._ear.watch() if self._ear is not None and self.hears else None

    def alarm(self, phrase: str) -> Alarm:
        """What a listening heard as an alarm."""
        assert self._ear is not None
        return self._ear.alarm(phrase)

    async def transcribe(self, pcm: bytes) -> str:
        """The words of a recording; '' without a model."""
        return await self._ear.transcribe(pcm) if self._ear is not None and self.hears else ""

    def meaning(self, question: Question, text: str) -> str:
        """The choice of the question that these words are, if they are one from beginning to end; else ''."""
        return self._ear.meaning(question, text) if self._ear is not None and self.hears and text else ""

    async def transfer(self, target: str) -> TransferOutcome:
        """Hand the caller over. Raises PutThrough when that worked."""
        outcome = await self.call.transfer(target)
        if outcome is TransferOutcome.ACCEPTED:
            raise PutThrough(EndReason.HANGUP)
        return outcome

    async def next_event(self) -> Audio | Digit:
        """What the caller does next. Raises CallOver."""
        event = await anext(self._events, _GONE)
        if isinstance(event, Ended):
            raise CallOver(event.reason)
        if isinstance(event, Audio):
            self.frames += 1
            self._queued = max(0, self._queued - 1)
        return event

    def ends_entry(self) -> bool:
        """Whether `#` pressed now belongs to the entry before, which was whole without it."""
        belongs = self.whole_at > self.frames - BETWEEN_KEYS * FRAMES_PER_SECOND
        self.whole_at = NEVER
        return belongs

    def hush(self) -> None:
        """The caller does something: the prompt is cut short."""
        self.touched = True
        if self._queued:
            self.call.flush()
            self._queued = 0

    def show_heard(self, text: str) -> None:
        """On the caller's screen, if there is one."""
        self.call.show(Caption("heard", text))

    async def _play(self, prompt: Prompt, language: str = "") -> None:
        language = language or self.language
        if words := caption(prompt, language):
            self.call.show(Caption("said", words))
        for stretch in stretches(prompt):
            self._queue(stretch.pcm if isinstance(stretch, Clip) else await self._voice.say(stretch, language))
