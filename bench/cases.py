"""Sentences with what they mean, one a line, in the format of docs/understanding.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

FOLDER = Path(__file__).with_name("sentences")
ALARMS = frozenset({"110", "119", "120", "122", "12356"})
"""Numbers of an emergency; others are hotlines."""


class Case(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["answer", "emergency", "facts", "scenario", "intent"]
    channel: Literal["chat", "phone"] = "chat"
    today: date | None = None
    scenario: str = ""
    field: str = ""
    at: Literal["", "rating", "solved", "comment"] = ""
    before: tuple[Any, ...] = ()
    say: str
    expect: Any
    accept: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def right(self) -> tuple[Any, ...]:
        """Everything that is right, the expected first."""
        return self.expect, *self.accept

    @property
    def group(self) -> str:
        """What figures are told apart by."""
        return next((tag for tag in ("en", "hant") if tag in self.tags), "all")

    def now(self, zone: ZoneInfo) -> datetime:
        day = self.today or datetime.now(zone).date()
        return datetime(day.year, day.month, day.day, 10, tzinfo=zone)


def read_cases(files: list[Path]) -> tuple[Case, ...]:
    """Raises SystemExit with file and line of the first that is not of the format."""
    return tuple(case for file in files for case in _lines(file))


def our_files() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl"))


def _lines(file: Path) -> Iterator[Case]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield Case.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as error:
            raise SystemExit(f"{file}:{number}: {error}") from error


def same(expected: Any, got: Any) -> bool:
    """Whether a value is the expected one; docs/understanding.md says how values are compared."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, list) or isinstance(got, list):
        return sorted(map(_text, _listed(expected))) == sorted(map(_text, _listed(got)))
    if isinstance(expected, int | float):
        return _number(got) == float(expected)
    if isinstance(got, dict):
        return any(_text(expected) == _text(one) for one in got.values() if one)
    given, wanted = _text(got), _text(expected)
    return given == wanted or (wanted.isdigit() and given.removeprefix("86") == wanted.removeprefix("0"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    return "".join(character for character in str(value).casefold() if character.isalnum())
