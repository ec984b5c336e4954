"""Finds what an author meant by a word that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from dialogs.message import Message

_ALIKE: Final = 0.6
_MOST_LISTED: Final = 14


def suggestion(word: str, known: Iterable[str]) -> Message | None:
    """The known word nearest to it, else all of them where they are few."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=_ALIKE)
    if near:
        return Message("template.did_you_mean", {"word": near[0]})
    if words and len(words) <= _MOST_LISTED:
        return Message("template.possible", {"words": ", ".join(words)})
    return None
