"""The door to jionlp: loaded on first use, its banner kept off standard output."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import sys
import threading
from dataclasses import dataclass
from datetime import date, datetime
from types import ModuleType
from typing import TextIO

_lock = threading.Lock()


@dataclass(frozen=True)
class Place:
    """What an address says of itself; empty where it does not say."""

    province: str
    city: str
    county: str
    town: str
    detail: str


def warm_up() -> None:
    """Load jionlp and its tables (about 1.5 s), so that the first answer of the day does not wait."""
    lunar("春节", 2026)
    place("揭阳市榕城区建阳路1号")


def lunar(name: str, year: int) -> date | None:
    """The day of a lunar date, festival or solar term in `year`; None if jionlp does not know one certain day."""
    try:
        base = datetime(year, 6, 15).timestamp()  # noqa: DTZ001 - jionlp counts in the process's wall time
        found = _jionlp().parse_time(f"{year}年{name}", time_base=base)
    except Exception:
        return None
    if found.get("type") != "time_point" or found.get("definition") != "accurate":
        return None
    first, last = (re.match(r"(\d{4})-(\d\d)-(\d\d)", time) for time in found["time"])
    if not first or not last or first.group() != last.group():
        return None
    return date(int(first[1]), int(first[2]), int(first[3]))


def place(text: str) -> Place:
    """The parts of a Chinese address."""
    try:
        found = _jionlp().parse_location(text, town_village=True)
    except Exception:
        found = {"detail": text}
    parts = (found.get(part) or "" for part in ("province", "city", "county", "town", "detail"))
    return Place(*parts)


def sound_alike(one: str, other: str) -> bool:
    """Whether two Chinese characters are read the same, whatever their tone."""
    try:
        first, second = (_jionlp().pinyin(character, formater="simple") for character in (one, other))
    except Exception:
        return False
    return bool(first == second)


def _jionlp() -> ModuleType:
    with _lock:
        if (loaded := sys.modules.get("jionlp")) is not None:
            return loaded
        with contextlib.redirect_stdout(_Muted(sys.stdout)):
            return importlib.import_module("jionlp")


class _Muted(io.TextIOBase):
    """Standard output without what the present thread writes: others go on telling while this one loads."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._thread = threading.get_ident()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # of typeshed, where it is no property
        return self._out.encoding

    def write(self, text: str) -> int:
        return len(text) if threading.get_ident() == self._thread else self._out.write(text)

    def flush(self) -> None:
        self._out.flush()
