"""What is wrong in a folder of templates, told to its author with the file and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dialogs.message import Message
from dialogs.templates.source import Place, Source
from dialogs.wording import Wording


@dataclass(frozen=True)
class Fault:
    """Something wrong in a template, for its author."""

    path: Path
    line: int
    """From 1; 0 where the file or folder as a whole is meant."""
    reason: Message
    hint: Message | None = None
    """What was probably meant, or how to mend it."""

    def told(self, language: str) -> str:
        """`file:line: what, and a suggestion`."""
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        reason = self.reason
        if self.hint is not None:
            reason = Message("template.with_hint", {"reason": self.reason, "hint": self.hint})
        return f"{place}: {Wording(language).text(reason)}"


class ScenarioFaults(ValueError):
    """Scenarios with mistakes are not loaded at all."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.told("en")))

    def told(self, language: str) -> list[str]:
        """A line for each."""
        return [fault.told(language) for fault in self.faults]


@dataclass
class Checker:
    """Collects the faults of one file."""

    source: Source
    faults: list[Fault] = field(default_factory=list)

    def say(self, place: Place, reason: Message, hint: Message | None = None) -> None:
        """Told once, however often it is found."""
        fault = Fault(self.source.path, self.source.line(place), reason, hint)
        if fault not in self.faults:
            self.faults.append(fault)
