"""Turns a question into a grammar, and audio into words: one model a process, shared by all calls."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import lru_cache

from backend.contract.models.organisation import EmergencyOut
from dialogs.speech.decoding import DecodingFailed
from dialogs.speech.dictation import DictationPool
from dialogs.speech.model import SpeechModel
from dialogs.speech.recogniser import UNKNOWN, Utterance
from ivr.call import SAMPLE_RATE
from ivr.speech.digits import Digits
from ivr.speech.listening import Listening
from ivr.speech.listening import Question as Heeds
from ivr.speech.phrases import Phrase, PhraseSet
from ivr.speech.values import amounts, dates
from ivr.speech.vocabulary import Unspeakable, Vocabulary, plain
from ivr.talk.alarms import Alarm, Alarms
from ivr.talk.question import Entry, MenuOption, Question

log = logging.getLogger(__name__)

VALUE = "="
"""Precedes the words of an entry in what a listening reports; no choice's meaning begins with it."""

_WATCHED = 10
"""Frames that are decoded for alarms at a time while somebody tells their matter."""
_BRIEF = 8 * 2 * SAMPLE_RATE
"""Bytes, 8 s, of what is said at a menu; longer recordings are stories."""

_Said = tuple[tuple[str, tuple[str, ...]], ...]
"""What choices mean, with how each is said."""


class Ear:
    """Hears choices, spoken numbers and stories."""

    def __init__(
        self,
        model: SpeechModel,
        threads: Executor,
        dictations: int = 1,
        wait: float = 20.0,
        emergencies: Sequence[EmergencyOut] = (),
    ) -> None:
        """`dictations`: stories transcribed at a time, each up to 150 MB; `wait`: seconds a story may take to become
        text, its turn included; `emergencies`: the city's rules, whose phrases are listened for at any time.
        """
        self._model = model
        self._threads = threads
        self._vocabulary = Vocabulary(model.knows)
        self._alarms = Alarms(emergencies, self._vocabulary)
        self._stories = DictationPool(model, threads, dictations)
        self._brief = DictationPool(model, threads)  # whoever answers a menu does not wait for others' stories
        self._wait = wait
        self._grammar = lru_cache(maxsize=512)(self._make)
        self._phrases = lru_cache(maxsize=512)(self._choices)
        self._further = lru_cache(maxsize=8)(self._far)

    def listen(self, question: Question) -> Listening | None:
        """A recogniser for this question; None when nothing at it can be said."""
        if question.recording is not None:
            return None
        if not question.listens:
            return Listening(self._model, _Nothing(), self._threads, alarms=self._alarms or None)
        phrases = _said(question)
        entry = question.entry if question.entry is not None and question.entry.by_voice else None
        if not phrases and entry is None:
            return None
        second = self._further(question.further) if question.further else None
        heeds = self._grammar(phrases, entry)
        return Listening(self._model, heeds, self._threads, second, self._alarms or None)

    def watch(self) -> Listening | None:
        """A recogniser for alarms alone, while somebody tells in their own words; None when the city has none."""
        return Listening(self._model, self._alarms, self._threads, piece=_WATCHED) if self._alarms else None

    def alarm(self, phrase: str) -> Alarm:
        """What a listening heard as an alarm."""
        return self._alarms.of(phrase)

    def learn(self, further: tuple[MenuOption, ...]) -> None:
        """Make ready for questions with these further choices, which takes up to a tenth of a second."""
        self._further(further)

    async def transcribe(self, pcm: bytes) -> str:
        """The words of a recording; '' when nothing was understood, or not in time."""
        try:
            async with asyncio.timeout(self._wait):
                return await (self._brief if len(pcm) <= _BRIEF else self._stories).transcribe(pcm)
        except (TimeoutError, DecodingFailed) as error:
            log.warning("a recording was not transcribed", extra={"action": "transcribe", "why": type(error).__name__})
            return ""

    def meaning(self, question: Question, text: str) -> str:
        """The choice that these words are, give or take a filler at their ends; '' when they are none."""
        return self._phrases(_said(question)).meaning(text) or ""

    def speakable(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Those that the model can hear at all; a city's names may hold rare characters."""
        return tuple(phrase for phrase in phrases if self.knows(phrase))

    def knows(self, phrase: str) -> bool:
        """Whether the model has words for it."""
        try:
            self._vocabulary.segment(phrase)
        except Unspeakable:
            return False
        return True

    def _make(self, phrases: _Said, entry: Entry | None) -> Heeds:
        parts: list[Heeds] = []
        if entry is not None:
            phrases = self._apart(phrases)
        if phrases:
            parts.append(self._phrases(phrases))
        if entry is not None:
            parts.append(_Value(self._values(entry)))
        return parts[0] if len(parts) == 1 else _Either(parts)

    def _apart(self, phrases: _Said) -> _Said:
        """Those that are not taken for numbers: 没 sounds much like 五, and single characters join any number."""
        kept = ((means, tuple(text for text in said if self._is_apart(text))) for means, said in phrases)
        return tuple((means, said) for means, said in kept if said)

    def _is_apart(self, phrase: str) -> bool:
        return self.knows(phrase) and all(len(word) > 1 for word in self._vocabulary.segment(phrase))

    def _far(self, choices: tuple[MenuOption, ...]) -> PhraseSet:
        return self._choices(tuple((choice.means, choice.phrases) for choice in choices))

    def _values(self, entry: Entry) -> Heeds:
        match entry.values:
            case "digits":
                return Digits(self._vocabulary, entry.least, entry.most)
            case "amount":
                return amounts(self._vocabulary)
            case "date":
                return dates(self._vocabulary)

    def _choices(self, phrases: _Said) -> PhraseSet:
        """One meaning a phrase: where two choices share one, the first has it, for the order is the order on offer."""
        taken: dict[str, Phrase] = {}
        for means, said in phrases:
            for text in self.speakable(said):
                taken.setdefault(plain(text), Phrase(means, text, "question"))
        return PhraseSet(taken.values(), self._vocabulary)


def _said(question: Question) -> _Said:
    return tuple((choice.means, choice.phrases) for choice in question.choices if choice.phrases)


class _Nothing:
    """No answer at all: whatever is said is unknown."""

    grammar = json.dumps([UNKNOWN])

    def key(self, _: Utterance) -> str | None:
        return None


class _Value:
    """An entry's words, marked as such."""

    def __init__(self, values: Heeds) -> None:
        self._values = values
        self.grammar = values.grammar

    def key(self, utterance: Utterance) -> str | None:
        found = self._values.key(utterance)
        return None if found is None else VALUE + found


class _Either:
    """Several kinds of answer to one question; the first that understands has it."""

    def __init__(self, parts: list[Heeds]) -> None:
        self._parts = parts
        words = dict.fromkeys(phrase for part in parts for phrase in json.loads(part.grammar))
        self.grammar = json.dumps(list(words), ensure_ascii=False)

    def key(self, utterance: Utterance) -> str | None:
        return next((key for part in self._parts if (key := part.key(utterance)) is not None), None)
