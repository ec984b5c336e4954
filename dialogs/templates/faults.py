"""What is wrong in a template, told to its author with the file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dialogs.templates.source import Place, Source

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Fault:
    """Something wrong in a template, for its author."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


class ScenarioFaults(ValueError):
    """Scenarios with mistakes are not loaded at all."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass
class Checker:
    """Collects the faults of one file."""

    source: Source
    faults: list[Fault] = field(default_factory=list)

    def say(self, place: Place, reason: str) -> None:
        self.faults.append(Fault(self.source.path, self.source.line(place), reason))


def validated(model: type[_Model], checker: Checker) -> _Model | None:
    """The file as `model`; None if it is not one, and then the faults are with the checker."""
    try:
        return model.model_validate(checker.source.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            place = _written_place(detail["loc"], checker.source.data)
            checker.say(place, _explained(detail["type"], detail["loc"], detail["msg"]))
        return None


def _written_place(location: tuple[str | int, ...], data: Any) -> Place:
    """Where in the file pydantic's location is: it also names the union's branch, which nobody wrote."""
    place: Place = ()
    for step in location:
        if isinstance(data, Mapping) and step in data:
            data = data[str(step)]
        elif isinstance(data, tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        place = (*place, step)
    return place


def _explained(kind: str, location: tuple[str | int, ...], message: str) -> str:
    name = str(location[-1]) if location else ""
    if kind == "missing" and name in ("zh", "en"):
        return f"{location[-2]!r}: the translation {name!r} is missing"
    if kind == "missing":
        return f"{name!r} is missing"
    if kind == "extra_forbidden":
        return f"{name!r} is not known here"
    return f"{name!r}: {message}"
