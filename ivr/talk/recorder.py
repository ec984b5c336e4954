"""Records what a caller tells in their own words."""

from __future__ import annotations

from collections import deque

from ivr.call import FRAMES_PER_SECOND, Digit
from ivr.speech.onset import Onset
from ivr.talk.call_over import CallOver, CutOff
from ivr.talk.keypad import Keypad
from ivr.talk.open_line import OpenLine
from ivr.talk.question import END, Answer, Question, Recorded, Recording, Silent, WantsHuman

_LEAD_IN = 10
"""Frames kept from before the first loud one."""
_LEAD_OUT = 15
"""... and after the last one."""
_INTERRUPTS = 20
"""Loud frames among the last 30 by which a story cuts its prompt short; an echo of the prompt is softer."""


class Recorder:
    """Records until a pause, `#`, or the longest time."""

    def __init__(self, line: OpenLine, question: Question, limits: Recording, wait: float) -> None:
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
                event = await self._line.next_event()
                answer = self._press(event.digit) if isinstance(event, Digit) else self._hear(event.frame)
                if answer is not None:
                    return answer
        except CallOver as over:
            raise CutOff(over.reason, b"".join(self._kept)) from None

    def _press(self, digit: str) -> Answer | None:
        self._line.hush()
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
        prompting = self._line.prompting
        if self._onset.loud_frames >= (_INTERRUPTS if prompting else _INTERRUPTS // 3):
            self._line.hush()
            self._kept.extend(self._before)
            self._quiet = 0
            return None
        self._quiet = 0 if prompting else self._quiet + 1
        return Silent() if self._quiet >= self._wait else None

    def _recorded(self) -> Recorded:
        """Without most of the pause that ended it: silence costs as much to transcribe, and nobody wants to hear it."""
        return Recorded(b"".join(self._kept[: len(self._kept) - max(0, self._quiet - _LEAD_OUT)]))
