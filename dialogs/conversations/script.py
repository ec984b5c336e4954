"""The YAML format of test conversations; docs/scenarios.md describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.contract.yaml_source import Source, read_source

MEDIA = {"photo": "image/jpeg", "file": "application/pdf", "voice": "audio/ogg", "video": "video/mp4"}
"""Media type of what each of these steps sends."""
SENT = frozenset({"say", "edit", "press", "location", "phone", "silence", "sticker", "reject", *MEDIA})
CHECKED = frozenset({"expect", "expect_text", "summary", "submitted", "handed_over", "over"})

_NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, ten in the morning in China; a conversation may name its own `now`."""


class ConversationError(AssertionError):
    """A conversation went another way than its file says, or the file cannot be read."""


@dataclass(frozen=True)
class Line:
    """One step of a conversation: what is sent or checked, and where it stands."""

    verb: str
    value: Any
    place: str
    """`file:line`."""


@dataclass(frozen=True)
class Conversation:
    scenario: str
    name: str
    steps: tuple[Line, ...]
    place: str
    now: datetime = _NOW
    language: str = "zh_CN"
    facts: Mapping[str, str] = field(default_factory=dict)


def read_conversations(path: Path) -> tuple[Conversation, ...]:
    """The conversations of one file; see docs/scenarios.md for the format. Raises ConversationError, SourceError."""
    source = read_source(path)
    if not isinstance(source.data, dict) or not isinstance(source.data.get("conversations"), tuple):
        raise ConversationError(f"{path}:1: a list 'conversations' is wanted")
    scenario = source.data.get("scenario", path.stem)
    entries = enumerate(source.data["conversations"])
    return tuple(_conversation(source, scenario, index, entry) for index, entry in entries)


def _conversation(source: Source, scenario: str, index: int, entry: Any) -> Conversation:
    at = f"{source.path}:{source.line(('conversations', index))}"
    known = {"name", "now", "language", "facts", "steps"}
    if not isinstance(entry, dict) or not entry.keys() <= known or not {"name", "steps"} <= entry.keys():
        raise ConversationError(f"{at}: a conversation has {', '.join(sorted(known))}; name and steps are required")
    steps = []
    for number, step in enumerate(entry["steps"]):
        place = f"{source.path}:{source.line(('conversations', index, 'steps', number))}"
        if not isinstance(step, dict) or len(step) != 1 or not step.keys() <= SENT | CHECKED:
            raise ConversationError(f"{place}: a step is one of {', '.join(sorted(SENT | CHECKED))}")
        [(verb, value)] = step.items()
        steps.append(Line(verb, value, place))
    now = datetime.fromisoformat(entry["now"]) if "now" in entry else _NOW
    if now.tzinfo is None:
        raise ConversationError(f"{at}: 'now' needs its offset from UTC, such as +08:00")
    language = entry.get("language", "zh_CN")
    return Conversation(scenario, entry["name"], tuple(steps), at, now, language, entry.get("facts", {}))
