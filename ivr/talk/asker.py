"""Waits for the answer to one question."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from ivr.call import FRAMES_PER_SECOND, Digit
from ivr.speech.decoding import DecodingFailed
from ivr.speech.listening import Heard, Listening
from ivr.speech.phrases import is_filler
from ivr.talk.ear import VALUE
from ivr.talk.keypad import Keypad
from ivr.talk.open_line import NEVER, OpenLine
from ivr.talk.question import END, Answer, Chosen, Entered, Question, Remark, Silent, Unclear

log = logging.getLogger(__name__)
_BETWEEN_KEYS = 3.0
"""Seconds after the last key of an entry until it counts as whole."""
_LONGEST_UTTERANCE = 12.0
"""Seconds somebody may speak without a pause before a question gives up on it."""


@dataclass
class Asker:
    """Waits for a key or a phrase."""

    line: OpenLine
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
            event = await self.line.next_event()
            if isinstance(event, Digit):
                answer = self._press(event.digit)
            else:
                answer = await self._hear(event.frame) or self._time_passes()
            if answer is not None:
                return answer

    def _press(self, digit: str) -> Answer | None:
        if digit == END and self.line.whole_at > self.line.frames - _BETWEEN_KEYS * FRAMES_PER_SECOND:
            self.line.whole_at = NEVER
            return None  # it belongs to the entry before, which was whole without it
        self.line.whole_at = NEVER
        self.line.hush()
        self.line.show_heard(digit)
        self._quiet = self._speaking = 0
        answer = self._keys.press(digit)
        if isinstance(answer, Entered) and digit != END:
            self.line.whole_at = self.line.frames
        return answer

    async def _hear(self, frame: bytes) -> Answer | None:
        if self.listening is None:
            return None
        try:
            self.listening.feed(frame)
            if self.line.lockstep:
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
                self.line.hush()
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
        if self.line.prompting:
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
