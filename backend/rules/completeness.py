"""What a form was left without, and what becomes of it when a seat completes it 补录."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
"""One field of a form: `field`, `label`, `value`, `shown`; without a value it was left open."""


class AnsweredAlreadyError(ValueError):
    """A field was answered before, or is named twice."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Completed:
    entries: list[Entry]
    """The form now: answers stay where they were, open entries are answered in their place, new ones come last."""
    settled: list[Entry]
    """What is open no more, and what was asked besides, in the order of the form.

    An entry that was open and found its place outside of the form, or is not asked any more, is here without a value.
    """


def is_open(entries: Sequence[Entry]) -> bool:
    """Whether anything was left open."""
    return any(_open(entry) for entry in entries)


def complete(entries: Sequence[Entry], given: Sequence[Entry]) -> Completed:
    """The form with what is given; open entries not named in it are gone. Raises AnsweredAlreadyError."""
    found: dict[str, Entry] = {}
    for entry in given:
        if entry["field"] in found:
            raise AnsweredAlreadyError(entry["field"])
        found[entry["field"]] = entry
    now: list[Entry] = []
    settled: list[Entry] = []
    for entry in entries:
        replaced = found.pop(entry["field"], None)
        if not _open(entry):
            if replaced is not None:
                raise AnsweredAlreadyError(entry["field"])
            now.append(entry)
            continue
        if replaced is not None:
            now.append(replaced)
        if replaced is None or not _open(replaced):
            settled.append(replaced or entry)
    now.extend(found.values())
    settled.extend(entry for entry in found.values() if not _open(entry))
    return Completed(now, settled)


def _open(entry: Entry) -> bool:
    return entry.get("value") is None
