"""What is wrong in a file that an office writes: place, kind and values. Whoever shows it puts it into words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.contract.message import Message

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""
Told = tuple[Message, Message | None]
"""What is wrong, and a hint."""

_ALIKE: Final = 0.6
_MOST_LISTED: Final = 14


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file, for its author."""

    path: Path
    line: int
    """From 1; 0 where the file or folder as a whole is meant."""
    reason: Message
    hint: Message | None = None
    """What was probably meant, or how to mend it."""


class FileFaults(ValueError):
    """Files with mistakes are not used at all; there is at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{one.path}:{one.line}: {one.reason.key}" for one in faults))


class Refused(ValueError):
    """A value that its model's own check refuses; raised in validators."""

    def __init__(self, reason: Message, hint: Message | None = None, place: Place = ()) -> None:
        self.told: Told = (reason, hint)
        self.place = place
        """Below the value that was checked."""
        super().__init__(reason.key)


def suggestion(word: str, known: Iterable[str]) -> Message | None:
    """What was meant by a word that nobody knows: the nearest that is known, else all of them where they are few."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=_ALIKE)
    if near:
        return Message("fault.did_you_mean", {"word": near[0]})
    if words and len(words) <= _MOST_LISTED:
        return Message("fault.possible", {"words": ", ".join(words)})
    return None
