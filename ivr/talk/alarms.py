"""What a second hearing of any words listens for: the phrases of emergencies in which people are in danger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.contract.message import Localized
from backend.contract.models.organisation import EmergencyOut
from dialogs.speech.recogniser import UNKNOWN, Utterance, Word
from ivr.speech.vocabulary import Unspeakable, Vocabulary, plain
from ivr.talk.phrasebook import phrasebook

LIVES: Final = frozenset({"110", "119", "120", "122", "12356"})
"""National numbers for people in danger, each with a question `ivr.alarm.NUMBER`. Others are utilities' hotlines, told
as a hint and never as an alarm.
"""

_SHORTEST: Final = 3
"""Characters of a phrase that counts: of two, there is one in any talk."""
_HAPPENING: Final = ("{}了", "有人{}")
"""Make phrases of a word of two characters: 着火了, 有人触电. 人触电 would find more, and twice as many false ones."""
_BESIDE_CRIES: Final = frozenset("了啊呀啦吧呜哇有人")
"""Characters beside a cry that say no more."""
_QUICKEST: Final = 0.13
"""Seconds a character takes at least: what is shorter was put together of scraps."""
_LEAST_CONFIDENCE: Final = 0.5
"""Confidence of the least certain word, below which hardly any phrase was really said."""


@dataclass(frozen=True)
class Alarm:
    """A phrase of an emergency, and whom to call."""

    phrase: str
    number: str
    name: Localized
    """Who answers there."""


class Alarms:
    """A grammar of such phrases, to be a listening's question. What it finds is always asked back: what is said of the
    past, of a drill or of a neighbour sounds the same.
    """

    def __init__(self, rules: Iterable[EmergencyOut], vocabulary: Vocabulary) -> None:
        self._alarms: Mapping[str, Alarm] = dict(_alarms(rules, vocabulary))
        words = (" ".join(vocabulary.segment(phrase)) for phrase in self._alarms)
        self.grammar: Final = json.dumps([*dict.fromkeys(words), UNKNOWN], ensure_ascii=False)

    def __bool__(self) -> bool:
        return bool(self._alarms)

    def key(self, utterance: Utterance) -> str | None:
        """The first whole phrase in the words, whatever stands around it; a cry for help only where there is no
        other.
        """
        found = list(self._found(utterance.words))
        return next((one for one in found if not is_cry(one)), found[0] if found else None)

    def _found(self, words: Sequence[Word]) -> Iterator[str]:
        for begin in range(len(words)):
            said = ""
            for end, word in enumerate(words[begin:], begin + 1):
                said += word.text
                if said in self._alarms and _was_said(words[begin:end], len(said)):
                    yield said
                    break

    def of(self, phrase: str) -> Alarm:
        """The alarm of a phrase that `key` gave."""
        return self._alarms[phrase]


def is_cry(phrase: str) -> bool:
    """Whether it calls for help without a word on what for: 救命啊."""
    apart = without_cries(phrase)
    return apart != phrase and not set(plain(apart)) - _BESIDE_CRIES


def without_cries(text: str) -> str:
    """The text with a comma for each cry for help."""
    for cry in sorted(phrasebook().cries, key=len, reverse=True):
        text = text.replace(cry, "，")
    return text


def _alarms(rules: Iterable[EmergencyOut], vocabulary: Vocabulary) -> Iterator[tuple[str, Alarm]]:
    """Where two rules share a phrase, the first in the policy's order has it."""
    known: set[str] = set()
    for rule in rules:
        if rule.number not in LIVES:
            continue
        names = {tag.split("_")[0]: name for tag, name in rule.name.items()}
        for phrase in (phrase for word in rule.heard or rule.words for phrase in _phrases(word)):
            if phrase in known or not _is_known(phrase, vocabulary):
                continue
            known.add(phrase)
            yield phrase, Alarm(phrase, rule.number, Localized({"zh": rule.number, **names}))


def _phrases(word: str) -> tuple[str, ...]:
    word = plain(word)
    return (word,) if len(word) >= _SHORTEST else tuple(form.format(word) for form in _HAPPENING)


def _was_said(words: Sequence[Word], characters: int) -> bool:
    surely = all(word.confidence >= _LEAST_CONFIDENCE for word in words)
    return surely and words[-1].ended - words[0].began >= _QUICKEST * characters


def _is_known(phrase: str, vocabulary: Vocabulary) -> bool:
    try:
        vocabulary.segment(phrase)
    except Unspeakable:
        return False
    return True
