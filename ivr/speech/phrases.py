"""The phrases a caller may choose from at one question, each with the key of what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.contract.faults import NamedFault, OperatorError
from backend.contract.message import Message
from dialogs.speech.recogniser import UNKNOWN, Utterance, Word

from .vocabulary import Unspeakable, Vocabulary, plain

LEADING = ("嗯", "呃", "啊", "哦", "那个", "这个", "请", "请问", "麻烦", "我要", "我想", "我想要", "我就", "就是")
"""What people say before the phrase they mean."""
TRAILING = ("嗯", "呃", "啊", "吧", "呢", "了", "嘛", "谢谢")
"""... and after it."""

_SPOKEN_FILLERS = ("嗯", "呃", "那个", "请", "我要", "我想")
"""Those that go into the grammar. Not the trailing ones: the recogniser then hears 啊 at the end of other phrases."""

_SHORTEST = 2
"""Characters of words that are more than a filler."""
_TOLERATED_SECONDS = 0.6
"""Unknown speech beside a phrase that still passes for a cough or an "er"; longer, the phrase is part of other talk."""


@dataclass(frozen=True)
class Phrase:
    """One way of saying one thing."""

    key: str
    """What is meant."""
    text: str
    source: str
    """Where the phrase is written, as file:line, for whoever has to mend it."""


class PhraseFaults(OperatorError):
    """Phrases that cannot be used, each with where it is written."""


class PhraseSet:
    """A grammar for the recogniser, and the meaning of what it then hears. Immutable; make it once at load."""

    def __init__(self, phrases: Iterable[Phrase], vocabulary: Vocabulary) -> None:
        """Raises PhraseFaults naming every phrase that no recogniser could hear, or that means two things."""
        self._keys: dict[str, str] = {}
        words: dict[tuple[str, ...], None] = {}
        faults = []
        for phrase in phrases:
            try:
                words[vocabulary.segment(phrase.text)] = None
            except Unspeakable as gap:
                told = {"phrase": phrase.text, "gap": str(gap)}
                faults.append(NamedFault(phrase.source, Message("phrase.unheard", told)))
                continue
            known = self._keys.setdefault(plain(phrase.text), phrase.key)
            if known != phrase.key:
                told = {"phrase": phrase.text, "here": phrase.key, "before": known}
                faults.append(NamedFault(phrase.source, Message("phrase.means_two", told)))
        if faults:
            raise PhraseFaults(*faults)
        for filler in _SPOKEN_FILLERS:
            words[vocabulary.segment(filler)] = None
        self.grammar = json.dumps([*(" ".join(one) for one in words), UNKNOWN], ensure_ascii=False)
        """What Vosk is given: a JSON list of phrases in words."""

    @classmethod
    def of(cls, synonyms: Mapping[str, Iterable[str]], vocabulary: Vocabulary, source: str) -> PhraseSet:
        """From keys and their synonyms, all written at one place."""
        return cls((Phrase(key, text, source) for key, texts in synonyms.items() for text in texts), vocabulary)

    def key(self, utterance: Utterance) -> str | None:
        """What the utterance means, if it is one whole phrase, give or take a filler at its ends; else None.

        A phrase inside longer talk is never taken out of it: "不太满意" must not become "满意".
        """
        if _unknown_inside(utterance.words) or _unknown_seconds(utterance.words) > _TOLERATED_SECONDS:
            return None
        return self.meaning(utterance.text)

    def meaning(self, text: str) -> str | None:
        """The same for words that are written: spaces, punctuation and fillers at the ends do not count."""
        return self._meaning(plain(text.replace(UNKNOWN, "")))

    def _meaning(self, text: str) -> str | None:
        if text in self._keys or not text:
            return self._keys.get(text)
        shorter = [text.removeprefix(filler) for filler in LEADING if text.startswith(filler)]
        shorter += [text.removesuffix(filler) for filler in TRAILING if text.endswith(filler)]
        return next((key for one in shorter if (key := self._meaning(one)) is not None), None)


def is_filler(text: str) -> bool:
    """Whether nothing was said but what comes before an answer: an "er", or a single syllable, as noise has them."""
    return len(without_fillers(plain(text))) < _SHORTEST


def without_fillers(text: str) -> str:
    """The text without each of the fillers, once, at its ends."""
    for filler in LEADING:
        text = text.removeprefix(filler)
    for filler in TRAILING:
        text = text.removesuffix(filler)
    return text


def _unknown_inside(words: tuple[Word, ...]) -> bool:
    known = [number for number, word in enumerate(words) if word.text != UNKNOWN]
    return bool(known) and any(word.text == UNKNOWN for word in words[known[0] : known[-1]])


def _unknown_seconds(words: tuple[Word, ...]) -> float:
    return sum(word.ended - word.began for word in words if word.text == UNKNOWN)
