"""What is wrong in a file, a setting or on the machine: place, kind and values. Whoever shows it puts it into words."""

from __future__ import annotations

import difflib
import errno
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.contract.message import Message, Words, words_from_json, words_to_json

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""
Told = tuple[Message, Message | None]
"""What is wrong, and a hint."""

_ALIKE: Final = 0.6
_MOST_LISTED: Final = 14
_REFUSED_BY_SYSTEM: Final = {
    errno.EACCES: "system.no_permission",
    errno.EPERM: "system.no_permission",
    errno.ENOENT: "system.missing",
    errno.ENOTDIR: "system.no_folder",
    errno.ENOSPC: "system.no_room",
    errno.EDQUOT: "system.no_room",
    errno.EROFS: "system.read_only",
    errno.ECONNREFUSED: "system.nobody_there",
    errno.ETIMEDOUT: "system.silent",
    socket.EAI_NONAME: "system.no_host",
    socket.EAI_AGAIN: "system.no_host",
}


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file, for its author."""

    path: Path
    line: int
    """From 1; 0 where the file or folder as a whole is meant."""
    reason: Message
    hint: Message | None = None
    """What was probably meant, or how to mend it."""

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


@dataclass(frozen=True)
class NamedFault:
    """Something wrong with what goes by a name (a setting, an account, a phrase), for whoever runs jiesu."""

    place: str
    """The name as it is written, or where what is named stands."""
    reason: Message
    hint: Message | None = None


Problem = Fault | NamedFault | Message
"""What has neither place nor name says all itself."""


class OperatorError(Exception):
    """What whoever runs jiesu can mend: each of its faults says what is wrong, and the cure."""

    def __init__(self, *faults: Problem) -> None:
        super().__init__("\n".join(map(_unworded, faults)))
        self.faults: Sequence[Problem] = faults


class FileFaults(OperatorError):
    """Files with mistakes are not used at all; there is at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(*faults)
        self.faults: Sequence[Fault] = tuple(faults)


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


def fault_to_json(fault: Fault) -> Any:
    """As JSON values; `fault_from_json` reads them back."""
    hint = fault.hint and words_to_json(fault.hint)
    return {"path": str(fault.path), "line": fault.line, "reason": words_to_json(fault.reason), "hint": hint}


def fault_from_json(data: Any) -> Fault:
    return Fault(Path(data["path"]), data["line"], _message(data["reason"]), data["hint"] and _message(data["hint"]))


def _message(data: Any) -> Message:
    words = words_from_json(data)
    assert isinstance(words, Message)
    return words


def system_reason(error: OSError) -> Words:
    """Why the system did not do it; what is rare, in the system's own words."""
    key = "system.silent" if isinstance(error, TimeoutError) else _REFUSED_BY_SYSTEM.get(error.errno or 0)
    return Message(key) if key else (error.strerror or str(error))


def _unworded(fault: Problem) -> str:
    """For a traceback. The values of a file stay out of it: they may be personal."""
    if isinstance(fault, Message):
        return f"{fault.key} {dict(fault.args)}"
    return f"{fault.place}: {fault.reason.key}"
