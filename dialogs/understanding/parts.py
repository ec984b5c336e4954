"""Takes a message apart where its own words say that another matter begins."""

from __future__ import annotations

import re
from typing import Final

_ANOTHER: Final = re.compile(
    r"(?:[，,。.；;！!？?\s]|^)(?=(?:还有(?!一个月|几天|没有)|另外|顺便|再就是|再有|再一个|第二[件个，,：:、]|二是|其次|同埋|仲有|除了这|"
    r"also\b|another thing|besides\b|second(?:ly)?\b|and also\b|one more thing|by the way))",
    re.IGNORECASE,
)
_LEAST: Final = 6
"""Characters that can tell a matter."""


def parts_of(text: str) -> list[str]:
    """The parts, each in its own words; the whole where nothing says so."""
    return [part for one in _ANOTHER.split(text) if len(part := one.strip(" ，,。.；;\n")) >= _LEAST]
