"""Listening for the answer to one menu question."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Protocol

from dialogs.speech.decoding import Decoding
from dialogs.speech.model import SpeechModel
from dialogs.speech.news import Heard, SpeechBegan, SpeechEvent
from dialogs.speech.recogniser import UNKNOWN, Recogniser, Utterance
from ivr.call import FRAME_BYTES, FRAMES_PER_SECOND

from .onset import Onset, audible
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
"""Frames, 8 s, of the longest utterance that is listened to again for an answer: longer talk is none."""
_LONGEST_KEPT = 1500
"""Frames, 30 s, of what is kept of one utterance: whoever tells their matter at a menu needs no more."""
_LONGEST_WATCHED = 600
"""Frames, 12 s, of the end of an utterance that is listened to for what cannot wait: 0.5 s of a core."""
_BROKEN_OFF = 45
"""Frames without speech, 0.9 s, that end any utterance: of words that are half a phrase the endpointer takes two
seconds to be sure, and who is waiting for an answer hears nothing meanwhile."""
_OVER = 20
"""Frames without speech, 0.4 s, before that: for the endpointer unknown words are silence, it ends in their midst."""
_UNKNOWN_OVER = 30
"""Frames without speech, 0.6 s, that end an utterance of unknown words alone: the endpointer, for which nothing was
said, waits five seconds, and by then the caller counts as silent."""
_GOES_ON = 0.25
"""Seconds of unknown words beside an answer, from which it may be part of a further one."""


class Question(Protocol):
    """What may be answered: a PhraseSet, or Digits."""

    @property
    def grammar(self) -> str:
        """The JSON list of phrases that the recogniser is made with."""

    def key(self, utterance: Utterance) -> str | None:
        """What the utterance means; None when it is no answer to this question."""


class Listening:
    """One question's recogniser, made for it and dropped with it.

    Feed it every frame of the call while the question stands, the prompt's time included, and take the news after
    each. Time-outs are the caller's business, counted in frames. Silence before speech costs no decoding.
    """

    def __init__(
        self,
        model: SpeechModel,
        question: Question,
        threads: Executor,
        second: Question | None = None,
        alarms: Question | None = None,
        piece: int = 1,
    ) -> None:
        """`second`: what else may be meant by an utterance that is no answer to the question: it is listened to again
        then, so that many further answers cost the first ones nothing. `alarms`: what cannot wait, for which is
        listened before that. `piece`: frames decoded at a time while the caller speaks; ten cost a quarter less than
        one each, and nobody must be interrupted by what is heard then.
        """
        self._model = model
        self._question = question
        self._second = second
        self._alarms = alarms
        self._piece = piece * FRAME_BYTES
        self._undecoded = b""
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
        self._loud = 0
        """Loud frames of the utterance."""
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
            self._keep(frame)
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
        self._loud += loud
        self._keep(frame)
        self._undecoded += frame
        if len(self._undecoded) < self._piece and not self._is_pause:
            return
        ended = recogniser.accept(self._undecoded)
        self._undecoded = b""
        self._announce(recogniser)
        if ended:
            self._tell(recogniser.result())
        elif self._is_over(recogniser):
            self._tell(recogniser.final())

    def _keep(self, frame: bytes) -> None:
        if len(self._kept) < _LONGEST_KEPT:
            self._kept.append(frame)

    @property
    def _is_pause(self) -> bool:
        """Whether the silence is so long now that the utterance may be over."""
        return self._quiet == _BROKEN_OFF or (self._quiet > 0 and not self._quiet % _UNKNOWN_OVER)

    def _is_over(self, recogniser: Recogniser) -> bool:
        """Whether the utterance ended though the endpointer does not say so yet."""
        if not self._is_pause:
            return False
        words = recogniser.partial()
        if self._quiet == _BROKEN_OFF:
            return bool(words)
        return all(word == UNKNOWN for word in words) and (bool(words) or self._loud >= _LOUD_FOR_ANYTHING)

    def _announce(self, recogniser: Recogniser) -> None:
        if self._announced or self._onset.loud_frames < _LOUD_FOR_WORDS:
            return
        words = recogniser.partial()
        known = any(word != UNKNOWN for word in words)
        if known or (words and self._onset.loud_frames >= _LOUD_FOR_ANYTHING):
            self._announced = True
            self._news.append(SpeechBegan(self._seen - 1 - self._onset.began_ago))

    def _tell(self, utterance: Utterance) -> None:
        """Report an utterance that has words, or was loud for so long that it must have some, and wait for the next one
        in silence.
        """
        skipped = self._seen - self._decoded
        if utterance.words:
            began = skipped + int(utterance.words[0].began * FRAMES_PER_SECOND)
            ended = min(self._seen, skipped + ceil(utterance.words[-1].ended * FRAMES_PER_SECOND))
            key = self._question.key(utterance)
            if not self._announced:
                self._news.append(SpeechBegan(began))
            heard = Heard(key, utterance.text, utterance.confidence, began, ended)
            if key is None or (self._hears_again and self._goes_on(utterance)):
                self._doubtful = heard
                self._once_over(heard)
                return
            self._news.append(heard)
        elif self._announced or self._loud >= _LOUD_FOR_ANYTHING:
            at = max(0, self._seen - len(self._kept))
            if not self._announced:
                self._news.append(SpeechBegan(at))
            self._doubtful = Heard(None, "", 0.0, at, self._seen)
            self._once_over(self._doubtful)
            return
        self._rest()

    @property
    def _hears_again(self) -> bool:
        return self._second is not None or self._alarms is not None

    def _goes_on(self, utterance: Utterance) -> bool:
        """Whether more was said than the answer."""
        return any(
            word.text == UNKNOWN and word.ended - word.began >= _GOES_ON
            for word in (utterance.words[0], utterance.words[-1])
        )

    def _once_over(self, heard: Heard) -> None:
        """Tell what is no answer, or more than one, as soon as the caller is silent, after listening to it again."""
        if self._quiet < _OVER and len(self._kept) < _LONGEST_KEPT:
            return
        if heard.key is None:
            ended = min(heard.ended_at, self._seen - self._quiet)  # unknown words may have silence in them
            heard = replace(heard, audio=b"".join(self._kept), ended_at=ended)
        self._listen_again(heard, self._kept)
        self._rest()

    def _rest(self) -> None:
        self._open = False
        self._announced = False
        self._doubtful = None
        self._kept = []
        self._undecoded = b""
        self._loud = 0

    def _listen_again(self, heard: Heard, kept: list[bytes]) -> None:
        """Report what was heard first, with the alarm that is in it, or what it means to the second question."""

        def alarmed(utterance: Utterance) -> None:
            alarm = self._alarms.key(utterance) if self._alarms is not None else None
            if alarm is not None:
                self._news.append(replace(heard, alarm=alarm))
            else:
                self._listen_further(heard, kept)

        if self._alarms is None:
            self._listen_further(heard, kept)
        else:
            self._relisten(self._alarms, kept[-_LONGEST_WATCHED:], alarmed)

    def _listen_further(self, heard: Heard, kept: list[bytes]) -> None:
        second = self._second
        if second is None or len(kept) > _LONGEST_AGAIN:
            self._news.append(heard)
            return

        def tell(utterance: Utterance) -> None:
            if (key := second.key(utterance)) is None:
                self._news.append(heard)
            else:
                understood = replace(heard, key=key, text=utterance.text, confidence=utterance.confidence, audio=b"")
                self._news.append(understood)

        self._relisten(second, kept, tell)

    def _relisten(self, question: Question, audio: list[bytes], tell: Callable[[Utterance], None]) -> None:
        def go_on(piece: Callable[[], None]) -> None:
            if not self._closed:
                self._decoding.at_once(piece)

        go_on(Relistening(partial(self._model.recogniser, question.grammar), audio, go_on, tell))

    def _end(self) -> None:
        if self._recogniser is not None and self._open and self._doubtful is None:
            self._recogniser.accept(self._undecoded)
            self._tell(self._recogniser.final())
        if self._doubtful is not None:
            self._quiet = _OVER
            self._once_over(self._doubtful)

    def _drop(self) -> None:
        self._recogniser = None
