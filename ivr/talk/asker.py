"""Waits for the answer to one question."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from dialogs.speech.decoding import DecodingFailed
from dialogs.speech.news import Heard
from ivr.call import FRAMES_PER_SECOND, Digit
from ivr.speech.listening import Listening
from ivr.speech.onset import audible
from ivr.speech.phrases import is_filler
from ivr.talk.alarms import is_cry, without_cries
from ivr.talk.ear import VALUE
from ivr.talk.greetings import is_greeting
from ivr.talk.keypad import Keypad
from ivr.talk.open_line import BETWEEN_KEYS, NEVER, OpenLine
from ivr.talk.question import END, Alarmed, Answer, Chosen, Entered, Question, Recorded, Remark, Silent, Unclear

log = logging.getLogger(__name__)
_LONGEST_UTTERANCE = 12.0
"""Seconds somebody may speak without a pause before a question gives up on it."""
_LONGEST_TOLD = 45.0
"""... where words of their own are an answer."""
_READ_BY = 1.6
"""Seconds of silence after words that no phrase fits, in which they have to become text: nobody waits for two."""
_CRIED = 0.8
"""Seconds of silence after a cry for help, in which they may say what for: whoever has burnt says so next."""
_MOST_CRIED = 6.0
"""Seconds after a cry in which what it is for is waited for, however loud it is around."""
_TOLD = 0.5
"""Seconds of silence, on top of the pause that ended an utterance, until somebody has told all they want."""


@dataclass
class Asker:
    """Waits for a key or a phrase, or words of the caller's own."""

    line: OpenLine
    question: Question
    listening: Listening | None
    wait: float

    def __post_init__(self) -> None:
        self._keys = Keypad(self.question)
        self._quiet = 0
        self._speaking = 0
        self._said = False
        self._told = b""
        """Words of the caller's own so far, where these are an answer."""
        self._reading: asyncio.Task[str] | None = None
        """What no phrase fitted, becoming text."""
        self._read_for = 0
        """Frames since the last word of that."""
        self._fed = 0
        """Frames that were listened to."""
        self._known = False
        """Whether there were words of the question in it."""
        self._cry = ""
        """A cry for help that was heard, and not yet what for."""
        self._since_cry = 0
        """Frames."""

    async def run(self) -> Answer:
        try:
            while True:
                event = await self.line.next_event()
                if isinstance(event, Digit):
                    answer = self._press(event.digit)
                else:
                    answer = await self._hear(event.frame) or await self._time_passes()
                if answer is not None:
                    return answer
        finally:
            await self._stop_reading()

    def _press(self, digit: str) -> Answer | None:
        if digit == END and self.line.ends_entry():
            return None
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
            self._fed += 1
            if self.line.lockstep:
                await self.listening.settled()
        except DecodingFailed:
            log.exception("a recogniser failed; this question goes on by keys", extra={"action": "listen"})
            self.listening = None
            return None
        if self._cry and audible(frame):
            self._quiet = 0
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
        if heard.alarm and is_cry(heard.alarm):
            self._cry, self._quiet, self._since_cry = heard.alarm, 0, 0
            if heard.audio:
                await self._begin_reading(heard)  # what it is for may stand in the same breath
            return None
        if heard.alarm:
            return self._alarmed(heard.alarm)
        if self._keys.begun:
            return None  # somebody who is keying talks to somebody else
        if heard.key is None:
            await self._in_plain_words(heard)
            return None
        if self._cry:
            return self._alarmed(self._cry)
        if heard.text:
            self.line.show_heard(heard.text)
        if heard.key.startswith(VALUE):
            return Entered(heard.key.removeprefix(VALUE), by_voice=True)
        return Chosen(heard.key, by_voice=True)

    def _alarmed(self, phrase: str) -> Alarmed:
        self.line.show_heard(phrase)
        return Alarmed(self.line.alarm(phrase))

    async def _in_plain_words(self, heard: Heard) -> None:
        """What no phrase of the question fits is an answer where it is a free one, and else is heard without the
        grammar: that makes any words of what is none.
        """
        self._quiet = 0
        if self.question.free and not self._cry:
            self._told += heard.audio
            return
        await self._begin_reading(heard)

    async def _begin_reading(self, heard: Heard) -> None:
        await self._stop_reading()
        self._read_for, self._known = self._fed - heard.ended_at, bool(heard.text)
        self._reading = asyncio.create_task(self.line.transcribe(heard.audio))
        if self.line.lockstep:
            await asyncio.wait([self._reading])

    async def _time_passes(self) -> Answer | None:
        if self._reading is not None:
            self._read_for += 1
            if self._reading.done() or self._read_for >= _READ_BY * FRAMES_PER_SECOND:
                return await self._read()
        if self._cry:
            return self._after_cry()
        if self.line.prompting:
            return None
        if self._speaking:
            self._speaking += 1
            most = _LONGEST_TOLD if self.question.free else _LONGEST_UTTERANCE
            return Unclear() if self._speaking > most * FRAMES_PER_SECOND else None
        self._quiet += 1
        return self._in_silence()

    def _in_silence(self) -> Answer | None:
        """What the silence so far comes to."""
        if self._told:
            return Recorded(self._told) if self._quiet >= _TOLD * FRAMES_PER_SECOND else None
        if self._keys.begun:
            return self._keys.paused() if self._quiet >= BETWEEN_KEYS * FRAMES_PER_SECOND else None
        if self._quiet < self.wait * FRAMES_PER_SECOND:
            return None
        return Unclear() if self._said else Silent()

    def _after_cry(self) -> Answer | None:
        """The cry alone, once nothing follows."""
        self._quiet += 1
        self._since_cry += 1
        if self._reading is not None:
            return None
        over = self._quiet >= _CRIED * FRAMES_PER_SECOND or self._since_cry >= _MOST_CRIED * FRAMES_PER_SECOND
        return self._alarmed(self._cry) if over else None

    async def _read(self) -> Answer | None:
        """What the words say without a grammar, as far as that is known by now."""
        assert self._reading is not None
        text = self._reading.result() if self._reading.done() else None
        await self._stop_reading()
        if text and self._cannot_wait(text):
            self.line.show_heard(text)
            return Remark(text)
        if self._cry or not self.question.listens:
            return None
        if text:
            self.line.show_heard(text)
            if len(text) > 1 and (means := self.line.meaning(self.question, text)):
                return Chosen(means, by_voice=True)
        self._said = True
        told = text is None or self._known or not is_filler(text) or is_greeting(text)
        return Unclear(words=text or "") if told else None

    def _cannot_wait(self, text: str) -> bool:
        """Whether to speak of it now; of a cry alone, once it is over."""
        return self.line.heeds(without_cries(text) if self._cry else text)

    async def _stop_reading(self) -> None:
        if self._reading is None:
            return
        reading, self._reading = self._reading, None
        reading.cancel()
        await asyncio.wait([reading])
