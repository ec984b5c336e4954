"""Records what a caller tells in their own words."""

from __future__ import annotations

import logging
from collections import deque

from dialogs.speech.decoding import DecodingFailed
from dialogs.speech.news import Heard
from ivr.call import FRAMES_PER_SECOND, Digit
from ivr.speech.listening import Listening
from ivr.speech.onset import Onset
from ivr.talk.alarms import Alarm, is_cry
from ivr.talk.call_over import CallOver, CutOff
from ivr.talk.keypad import Keypad
from ivr.talk.open_line import OpenLine
from ivr.talk.question import END, Alarmed, Answer, Question, Recorded, Recording, Silent, WantsHuman

log = logging.getLogger(__name__)

_LEAD_IN = 10
"""Frames kept from before the first loud one."""
_LEAD_OUT = 15
"""... and after the last one."""
_INTERRUPTS = 20
"""Loud frames among the last 30 by which a story cuts its prompt short; an echo of the prompt is softer."""
_ALARMED = FRAMES_PER_SECOND
"""Frames of silence after which an alarm ends the recording: who goes on after a breath is heard out first."""


class Recorder:
    """Records until a pause, `#`, the longest time, or a pause after what sounds like an emergency."""

    def __init__(
        self, line: OpenLine, question: Question, limits: Recording, wait: float, watching: Listening | None = None
    ) -> None:
        """`watching`: hears alarms."""
        self._line = line
        self._keys = Keypad(question)
        self._pause = int(limits.pause * FRAMES_PER_SECOND)
        self._most = int(limits.most * FRAMES_PER_SECOND)
        self._wait = int(wait * FRAMES_PER_SECOND)
        self._onset = Onset()
        self._before: deque[bytes] = deque(maxlen=_LEAD_IN + _INTERRUPTS)
        self._kept: list[bytes] = []
        self._quiet = 0
        self._watching = watching
        self._alarm: Alarm | None = None

    async def run(self) -> Answer:
        """Raises CutOff, which holds what was said until then."""
        try:
            while True:
                event = await self._line.next_event()
                if isinstance(event, Digit):
                    answer = self._press(event.digit)
                else:
                    await self._watch(event.frame)
                    answer = self._hear(event.frame)
                if answer is not None:
                    return answer
        except CallOver as over:
            raise CutOff(over.reason, b"".join(self._kept)) from None

    async def _watch(self, frame: bytes) -> None:
        if self._watching is None:
            return
        try:
            self._watching.feed(frame)
            if self._line.lockstep:
                await self._watching.settled()
        except DecodingFailed:
            log.exception("a recogniser failed; this recording goes on without alarms", extra={"action": "watch"})
            self._watching = None
            return
        for news in self._watching.news():
            if isinstance(news, Heard) and news.key is not None:
                self._line.show_heard(news.key)
                if self._alarm is None or is_cry(self._alarm.phrase):
                    self._alarm = self._line.alarm(news.key)

    def _press(self, digit: str) -> Answer | None:
        prompting = self._line.prompting
        if digit == END and self._line.ends_entry():
            return None
        self._line.hush()
        self._line.show_heard(digit)
        if digit == END and self._kept:
            return self._recorded()
        answer = self._keys.press(digit)
        if isinstance(answer, Recorded):  # nothing said yet: the prompt is skipped, then the question
            return None if prompting else Silent()
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
        pause = self._pause if self._alarm is None else min(self._pause, _ALARMED)
        over = self._quiet >= pause or len(self._kept) >= self._most
        return self._recorded() if over else None

    def _await_speech(self, frame: bytes) -> Answer | None:
        if self._alarm is not None:
            self._line.hush()
            return Alarmed(self._alarm)  # said so briefly that it is no story
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
        kept = self._kept[: len(self._kept) - max(0, self._quiet - _LEAD_OUT)]
        return Recorded(b"".join(kept), alarm=self._alarm)
