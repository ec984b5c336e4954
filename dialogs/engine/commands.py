"""What a button carries: short enough for every channel, and telling which draft and question it belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COMMAND = re.compile(
    r"^(?P<verb>[a-z_]{1,12}):(?P<tag>[0-9a-zA-Z-]{1,4}):(?P<field>[a-z0-9_]{0,20})(:(?P<value>.{1,24}))?$"
)

_FILE_TAG = 12

CHOOSE = "o"
"""Chooses an option, or ticks one of several."""
UNTICK = "x"
"""Unticks an option, or takes back one of several files."""
WHOLE = "w"
"""Takes a district as it is, without going on to its parts."""
VERBS = frozenset(
    {"help", "repeat", "back", "skip", "keep", "done", "clear", "fix", "unfile", "unsay", "confirm"}
    | {"cancel", "restart", "human", "lang", "yes", "no", CHOOSE, UNTICK, WHOLE}
)


@dataclass(frozen=True)
class FormCommand:
    verb: str
    tag: str
    field: str = ""
    value: str = ""

    def encoded(self) -> str:
        head = f"{self.verb}:{self.tag}:{self.field}"
        return f"{head}:{self.value}" if self.value else head


def tag_of(draft: str) -> str:
    """Four characters that tell the buttons of one draft from those of another."""
    return draft[:4]


def file_tag(upload: Mapping[str, Any]) -> str:
    """Characters that tell the files of one question apart."""
    return str(upload["id"])[-_FILE_TAG:]


def decode(text: str) -> FormCommand | None:
    """The command, or None for what this engine never wrote."""
    found = _COMMAND.match(text)
    if found is None or found["verb"] not in VERBS:
        return None
    return FormCommand(found["verb"], found["tag"], found["field"], found["value"] or "")
