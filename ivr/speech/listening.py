"""Listening for the answer to one menu question."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Protocol

from ivr.call import FRAMES_PER_SECOND

from .decoding import Decoding
from .model import SpeechModel
from .onset import Onset, audible
from .recogniser import UNKNOWN, Recogniser, Utterance
from .relistening import Relistening

_LEAD_IN = 10
"""Frames before the first loud one that are decoded too, 0.2 s, for soft consonants; as good as 0.5 s, in noise too."""
_MOST_WAITING = 25
"""Silent frames, 0.5 s, that wait for a thread at most."""
_LOUD_FOR_WORDS = 6
"""Loud frames, 120 ms, after which words of the grammar count as the caller speaking."""
_LOUD_FOR_ANYTHING = 25
"""Loud frames among the last 30, half a second, after which any speech does. A cough is shorter."""

_LONGEST_AGAIN = 400
"""Frames, 8 s, of the longest utterance that is listened to again: longer talk is no answer."""
_OVER = 20
"""Frames without speech, 0.4 s, before that: for the endpointer unknown words are silence, it ends in their midst."""
_UNKNOWN_OVER = 30
"""Frames without speech, 0.6 s, that end an utterance of unknown words alone: the endpointer, for which nothing was
said, waits five seconds, and by then the caller counts as silent."""
_GOES_ON = 0.25
"""Seconds of unknown words behind an answer, from which it may be the beginning of a further one."""


class Question(Protocol):
    """What may be answered: a PhraseSet, or Digits."""

    @property
    def grammar(self) -> str:
        """The JSON list of phrases that the recogniser is made with."""

    def key(self, utterance: Utterance) -> str | None:
        """What the utterance means; None when it is no answer to this question."""


@dataclass(frozen=True)
class SpeechBegan:
    """The caller is speaking: time to stop the prompt."""

    at: int
    """The frame in which it began, counted from the first one fed."""


@dataclass(frozen=True)
class Heard:
    """The caller said something, and paused."""

    key: str | None
    """What it means to the question; None when it was no answer."""
    text: str
    """The words understood, without spaces; may be empty. Private: not for logs."""
    confidence: float
    """0 to 1, of the least certain word. Often 1 when wrong: confirm what has consequences."""
    began_at: int
    """The frame of the first word's beginning, counted from the first frame fed."""
    ended_at: int
    """The frame after the last word's end; the pause that ended the utterance comes on top."""
    audio: bytes = b""
    """What was said, where it was no answer, or its first seconds: to be heard without a grammar. Private."""


SpeechEvent = SpeechBegan | Heard


class Listening:
    """One question's recogniser, made for it and dropped with it.

    Feed it every frame of the call while the question stands, the prompt's time included, and take the news after
    each. Time-outs are the caller's business, counted in frames. Silence before speech costs no decoding.
    """

    def __init__(
        self, model: SpeechModel, question: Question, threads: Executor, second: Question | None = None
    ) -> None:
        """`second`: what else may be meant by an utterance that is no answer to the question: it is listened to again
        then, so that many further answers cost the first ones nothing.
        """
        self._model = model
        self._question = question
        self._second = second
        self._decoding = Decoding(threads, self._step)
        self._closed = False
        self._silent = 0
        self._news: deque[SpeechEvent] = deque()  # filled on a thread, emptied on the loop
        # What follows is touched by the decoding threads alone, one at a time.
        self._recogniser: Recogniser | None = None
        self._onset = Onset()
        self._lead_in: deque[bytes] = deque(maxlen=_LEAD_IN)
        self._seen = 0
        self._decoded = 0
        self._open = False  # looked at from the loop, too
        self._announced = False
        self._kept: list[bytes] = []
        """The utterance so far: it may have to be listened to again."""
        self._doubtful: Heard | None = None
        """What was heard of an utterance that will be, once it is over."""
        self._quiet = 0
        """Frames since the last loud one."""
        self._decoding.after_that(self._prepare)  # while the first frames are still on their way

    def feed(self, frame: bytes) -> None:
        """The next frame of the caller's audio; returns at once. Raises DecodingFailed when the recogniser broke."""
        if self._closed:
            return
        # Most of a call is silence at our end, which is not worth a thread's while.
        self._silent = 0 if self._open or self._silent == _MOST_WAITING or audible(frame) else self._silent + 1
        self._decoding.feed(frame, soon=not self._silent)

    def news(self) -> list[SpeechEvent]:
        """What was found since the last call, in order; returns at once."""
        found = []
        while self._news:
            found.append(self._news.popleft())
        return found

    async def settled(self) -> None:
        """Wait until all frames fed so far are decoded and their news is there: for tests, and before a decision."""
        await self._decoding.settled()

    async def finish(self) -> list[SpeechEvent]:
        """No more audio comes: the remaining news, with what was being said."""
        await asyncio.wrap_future(self._decoding.after_that(self._end))
        await asyncio.wrap_future(self._decoding.after_that(lambda: None))  # it may have been listened to again
        return self.news()

    def close(self) -> None:
        """The question is settled: drop the recogniser, on a thread, and frames not decoded yet or fed later."""
        self._closed = True
        self._decoding.forget()
        self._decoding.after_that(self._drop)

    def _prepare(self) -> Recogniser:
        if self._recogniser is None:
            self._recogniser = self._model.recogniser(self._question.grammar)
        return self._recogniser

    def _step(self, frame: bytes) -> None:
        loud = self._onset.loud(frame)
        self._seen += 1
        self._quiet = 0 if loud else self._quiet + 1
        if self._doubtful is not None:
            self._kept.append(frame)
            self._once_over(self._doubtful)
            return
        if not self._open:
            self._lead_in.append(frame)
            if not loud:
                return
            self._open = True
            frame = b"".join(self._lead_in)
            self._decoded += len(self._lead_in) - 1
            self._lead_in.clear()
        recogniser = self._prepare()
        self._decoded += 1
        if len(self._kept) <= _LONGEST_AGAIN:
            self._kept.append(frame)
        ended = recogniser.accept(frame)
        self._announce(recogniser)
        if ended:
            self._tell(recogniser.result())
        elif self._quiet and not self._quiet % _UNKNOWN_OVER:
            words = recogniser.partial()
            if words and all(word == UNKNOWN for word in words):
                self._tell(recogniser.final())

    def _announce(self, recogniser: Recogniser) -> None:
        if self._announced or self._onset.loud_frames < _LOUD_FOR_WORDS:
            return
        words = recogniser.partial()
        known = any(word != UNKNOWN for word in words)
        if known or (words and self._onset.loud_frames >= _LOUD_FOR_ANYTHING):
            self._announced = True
            self._news.append(SpeechBegan(self._seen - 1 - self._onset.began_ago))

    def _tell(self, utterance: Utterance) -> None:
        """Report an utterance that has words, and wait for the next one in silence."""
        skipped = self._seen - self._decoded
        if utterance.words:
            began = skipped + int(utterance.words[0].began * FRAMES_PER_SECOND)
            ended = min(self._seen, skipped + ceil(utterance.words[-1].ended * FRAMES_PER_SECOND))
            key = self._question.key(utterance)
            if not self._announced:
                self._news.append(SpeechBegan(began))
            heard = Heard(key, utterance.text, utterance.confidence, began, ended)
            if key is None or (self._second is not None and _goes_on(utterance)):
                self._doubtful = heard
                self._once_over(heard)
                return
            self._news.append(heard)
        self._rest()

    def _once_over(self, heard: Heard) -> None:
        """Tell what is no answer, or more than one, as soon as the caller is silent, or listen to it again."""
        if heard.key is None:
            heard = replace(heard, audio=b"".join(self._kept))
        if len(self._kept) > _LONGEST_AGAIN:
            self._news.append(heard)
        elif self._quiet < _OVER:
            return
        elif self._second is None:
            self._news.append(heard)
        else:
            self._listen_again(heard, self._second)
        self._rest()

    def _rest(self) -> None:
        self._open = False
        self._announced = False
        self._doubtful = None
        self._kept = []

    def _listen_again(self, heard: Heard, second: Question) -> None:
        """Report what the utterance means to the second question, or else what was heard first."""

        def tell(utterance: Utterance) -> None:
            if (key := second.key(utterance)) is None:
                self._news.append(heard)
            else:
                understood = replace(heard, key=key, text=utterance.text, confidence=utterance.confidence, audio=b"")
                self._news.append(understood)

        def go_on(piece: Callable[[], None]) -> None:
            if not self._closed:
                self._decoding.at_once(piece)

        go_on(Relistening(partial(self._model.recogniser, second.grammar), self._kept, go_on, tell))

    def _end(self) -> None:
        if self._recogniser is not None and self._open and self._doubtful is None:
            self._tell(self._recogniser.final())
        if self._doubtful is not None:
            self._quiet = _OVER
            self._once_over(self._doubtful)

    def _drop(self) -> None:
        self._recogniser = None


def _goes_on(utterance: Utterance) -> bool:
    last = utterance.words[-1]
    return last.text == UNKNOWN and last.ended - last.began >= _GOES_ON
