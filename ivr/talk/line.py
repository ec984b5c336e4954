"""One caller's line: says something, and waits for keys or words; either cuts a prompt short."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ivr.call import (
    FRAME_BYTES,
    FRAMES_PER_SECOND,
    Audio,
    Caption,
    Digit,
    Ended,
    EndReason,
    MediaCall,
    TransferOutcome,
)
from ivr.speech.decoding import DecodingFailed
from ivr.speech.listening import Heard, Listening
from ivr.speech.onset import Onset
from ivr.speech.phrases import is_filler
from ivr.talk.ear import VALUE, Ear
from ivr.talk.keypad import Keypad
from ivr.talk.prompt import Clip, Prompt, caption, stretches
from ivr.talk.question import (
    END,
    Answer,
    Chosen,
    Entered,
    Question,
    Recorded,
    Recording,
    Remark,
    Silent,
    Unclear,
    WantsHuman,
)
from ivr.voice.speech import Speech

log = logging.getLogger(__name__)

_BETWEEN_KEYS = 3.0
"""Seconds after the last key of an entry until it counts as whole."""
_LONGEST_UTTERANCE = 12.0
"""Seconds somebody may speak without a pause before a question gives up on it."""
_LEAD_IN = 10
"""Frames kept from before the first loud one."""
_LEAD_OUT = 15
"""... and after the last one."""
_INTERRUPTS = 20
"""Loud frames among the last 30 by which a story cuts its prompt short; an echo of the prompt is softer."""


_NEVER = -(10**9)
_GONE = Ended(EndReason.HANGUP)


class CallOver(Exception):
    """The caller is gone, or the call was ended; `reason` tells how."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason = reason


class PutThrough(CallOver):
    """The caller is talking to somebody else now."""


class CutOff(CallOver):
    """The call ended in the middle of a recording."""

    def __init__(self, reason: EndReason, pcm: bytes) -> None:
        super().__init__(reason)
        self.pcm = pcm
        """What was said until then; may be empty."""


class Mouth(Protocol):
    """Turns speech into audio."""

    async def say(self, speech: Speech, language: str) -> bytes:
        """8 kHz, 16-bit, of one sentence's sound; never fails for words it cannot say."""
        ...


class Line:
    """Says and asks; every wait ends with CallOver when the call does.

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
        self._lockstep = lockstep
        self._events = call.events()
        self._queued = 0
        """Frames until the prompt is over, counted in those that are taken."""
        self._frames = 0
        self._whole_at = _NEVER
        """When an entry became whole by its last digit, in frames."""

    @property
    def hears(self) -> bool:
        """Whether the caller can answer by voice: we have a Chinese model only."""
        return self._ear is not None and self.language == "zh_CN"

    async def tell(self, prompt: Prompt) -> None:
        """Say it to its end; a key cuts it short."""
        await self._play(prompt)
        while self._queued > 0:
            event = await self._next()
            if isinstance(event, Digit):
                self._hush()

    async def say(self, prompt: Prompt, language: str = "") -> None:
        """Begin to say it, in the caller's language unless another is given; what is said or asked next follows."""
        await self._play(prompt, language)

    def _queue(self, pcm: bytes) -> None:
        if pcm:
            # What came while we were busy is taken at one go: time that has passed does not count for the prompt.
            self._queued = max(self._queued, self.call.behind) - (-len(pcm) // FRAME_BYTES)
        self.call.play(pcm)

    async def ask(self, question: Question, prompt: Prompt, wait: float) -> Answer:
        """Ask, and take the answer. `wait`: seconds after the prompt until silence counts as none."""
        await self._play(prompt)
        if question.recording is not None:
            return await _Recorder(self, question, question.recording, wait).run()
        listening = self._ear.listen(question) if self._ear is not None and self.hears else None
        try:
            return await _Asker(self, question, listening, wait).run()
        finally:
            if listening is not None:
                listening.close()

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

    # For the two below.

    async def _next(self) -> Audio | Digit:
        event = await anext(self._events, _GONE)
        if isinstance(event, Ended):
            raise CallOver(event.reason)
        if isinstance(event, Audio):
            self._frames += 1
            self._queued = max(0, self._queued - 1)
        return event

    def _hush(self) -> None:
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


@dataclass
class _Asker:
    """Waits for a key or a phrase."""

    line: Line
    question: Question
    listening: Listening | None
    wait: float

    def __post_init__(self) -> None:
        self._keys = Keypad(self.question)
        self._quiet = 0
        self._speaking = 0
        self._said = False

    async def run(self) -> Answer:
        while True:
            event = await self.line._next()
            if isinstance(event, Digit):
                answer = self._press(event.digit)
            else:
                answer = await self._hear(event.frame) or self._time_passes()
            if answer is not None:
                return answer

    def _press(self, digit: str) -> Answer | None:
        if digit == END and self.line._whole_at > self.line._frames - _BETWEEN_KEYS * FRAMES_PER_SECOND:
            self.line._whole_at = _NEVER
            return None  # it belongs to the entry before, which was whole without it
        self.line._whole_at = _NEVER
        self.line._hush()
        self.line.show_heard(digit)
        self._quiet = self._speaking = 0
        answer = self._keys.press(digit)
        if isinstance(answer, Entered) and digit != END:
            self.line._whole_at = self.line._frames
        return answer

    async def _hear(self, frame: bytes) -> Answer | None:
        if self.listening is None:
            return None
        try:
            self.listening.feed(frame)
            if self.line._lockstep:
                await self.listening.settled()
        except DecodingFailed:
            log.exception("a recogniser failed; this question goes on by keys", extra={"action": "listen"})
            self.listening = None
            return None
        for news in self.listening.news():
            if isinstance(news, Heard):
                answer = await self._understand(news)
                if answer is not None:
                    return answer
            elif self.question.listens:
                self.line._hush()
                self._speaking, self._quiet = 1, 0
        return None

    async def _understand(self, heard: Heard) -> Answer | None:
        self._speaking = 0
        if self._keys.begun:
            return None  # somebody who is keying talks to somebody else
        if heard.key is None:
            return await self._in_plain_words(heard)
        if heard.text:
            self.line.show_heard(heard.text)
        if heard.key.startswith(VALUE):
            return Entered(heard.key.removeprefix(VALUE), by_voice=True)
        return Chosen(heard.key, by_voice=True)

    async def _in_plain_words(self, heard: Heard) -> Answer | None:
        """What no phrase of the question fits, heard without its grammar: that makes any words of what is none."""
        text = await self.line.transcribe(heard.audio)
        if self.line.heeds(text):
            self.line.show_heard(text)
            return Remark(text)
        if not self.question.listens:
            return None
        if shown := text or heard.text:
            self.line.show_heard(shown)
        if len(text) > 1 and (means := self.line.meaning(self.question, text)):
            return Chosen(means, by_voice=True)
        self._said = self._said or bool(text)
        return Unclear() if heard.text or not is_filler(text) else None

    def _time_passes(self) -> Answer | None:
        if self.line._queued:
            return None
        if self._speaking:
            self._speaking += 1
            if self._speaking > _LONGEST_UTTERANCE * FRAMES_PER_SECOND:
                return Unclear()
            return None
        self._quiet += 1
        if self._keys.begun:
            return self._keys.paused() if self._quiet >= _BETWEEN_KEYS * FRAMES_PER_SECOND else None
        if self._quiet < self.wait * FRAMES_PER_SECOND:
            return None
        return Unclear() if self._said else Silent()


class _Recorder:
    """Records until a pause, `#`, or the longest time."""

    def __init__(self, line: Line, question: Question, limits: Recording, wait: float) -> None:
        self._line = line
        self._keys = Keypad(question)
        self._pause = int(limits.pause * FRAMES_PER_SECOND)
        self._most = int(limits.most * FRAMES_PER_SECOND)
        self._wait = int(wait * FRAMES_PER_SECOND)
        self._onset = Onset()
        self._before: deque[bytes] = deque(maxlen=_LEAD_IN + _INTERRUPTS)
        self._kept: list[bytes] = []
        self._quiet = 0

    async def run(self) -> Answer:
        """Raises CutOff, which holds what was said until then."""
        try:
            while True:
                event = await self._line._next()
                answer = self._press(event.digit) if isinstance(event, Digit) else self._hear(event.frame)
                if answer is not None:
                    return answer
        except CallOver as over:
            raise CutOff(over.reason, b"".join(self._kept)) from None

    def _press(self, digit: str) -> Answer | None:
        self._line._hush()
        self._line.show_heard(digit)
        if digit == END and self._kept:
            return self._recorded()
        answer = self._keys.press(digit)
        if isinstance(answer, Recorded):
            return None  # nothing said yet: the prompt is skipped, the caller begins
        if isinstance(answer, WantsHuman):
            return WantsHuman(b"".join(self._kept))
        if self._kept:
            return None  # a key brushed by the cheek must not cost the story
        return answer

    def _hear(self, frame: bytes) -> Answer | None:
        loud = self._onset.loud(frame)
        if not self._kept:
            return self._await_speech(frame)
        self._kept.append(frame)
        self._quiet = 0 if loud else self._quiet + 1
        over = self._quiet >= self._pause or len(self._kept) >= self._most
        return self._recorded() if over else None

    def _await_speech(self, frame: bytes) -> Answer | None:
        self._before.append(frame)
        prompting = self._line._queued > 0
        if self._onset.loud_frames >= (_INTERRUPTS if prompting else _INTERRUPTS // 3):
            self._line._hush()
            self._kept.extend(self._before)
            self._quiet = 0
            return None
        self._quiet = 0 if prompting else self._quiet + 1
        return Silent() if self._quiet >= self._wait else None

    def _recorded(self) -> Recorded:
        """Without most of the pause that ended it: silence costs as much to transcribe, and nobody wants to hear it."""
        return Recorded(b"".join(self._kept[: len(self._kept) - max(0, self._quiet - _LEAD_OUT)]))
