"""Tells what is said before anything is said: that somebody is there, 喂, 听得到吗, or needs a moment, 等一下."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from dialogs.pinyin import syllables
from ivr.speech.phrases import LEADING, TRAILING
from ivr.speech.vocabulary import plain
from ivr.talk.phrasebook import phrasebook

_LONGEST: Final = 16
"""Characters; whoever says more says something."""


def is_greeting(text: str) -> bool:
    """Whether the words are greetings alone, by their sound: of 喂 a recogniser makes 为."""
    said = plain(text)
    return 0 < len(said) <= _LONGEST and _is_made_of(_sound(said), _greetings())


def wants_time(text: str) -> bool:
    """Whether the words ask for a moment, and nothing else. They are in no grammar: there, 是的 was heard as 是等."""
    said = plain(text)
    return 0 < len(said) <= _LONGEST and _is_made_of(tuple(said), _moments())


_Said = tuple[str, ...]


def _is_made_of(said: _Said, wanted: frozenset[_Said]) -> bool:
    """Whether it can be cut into what is wanted, at least once, and fillers."""
    fillers = _fillers() | _written_fillers()
    reached: dict[int, bool] = {0: False}  # by length, whether one that is wanted was among them
    for at in range(len(said)):
        if at not in reached:
            continue
        for known, greets in ((wanted, True), (fillers, False)):
            for one in known:
                if said[at : at + len(one)] == one:
                    end = at + len(one)
                    reached[end] = reached.get(end, False) or reached[at] or greets
    return reached.get(len(said), False)


@lru_cache(maxsize=1)
def _greetings() -> frozenset[tuple[str, ...]]:
    return frozenset(_sound(one) for one in phrasebook().greetings)


@lru_cache(maxsize=1)
def _fillers() -> frozenset[tuple[str, ...]]:
    return frozenset(_sound(one) for one in (*LEADING, *TRAILING))


@lru_cache(maxsize=1)
def _written_fillers() -> frozenset[_Said]:
    return frozenset(tuple(one) for one in (*LEADING, *TRAILING))


@lru_cache(maxsize=1)
def _moments() -> frozenset[_Said]:
    return frozenset(tuple(one) for one in phrasebook().moment)


def _sound(text: str) -> tuple[str, ...]:
    """Syllables without tones; a character that has none stands for itself."""
    return tuple(read.rstrip("12345") or sign for read, sign in zip(syllables(text), text, strict=True))
