"""Brings what people type to one spelling, so that parsers compare like with like."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dialogs.fields.traditional import simplified

_SPACE_BESIDE_CHINESE = re.compile(r"(?<![a-z0-9]) +| +(?![a-z0-9])")
_DENIAL = re.compile("(不是|不在|不属于|并非|不要|不选|没有|别选|除了|唔系|唔好|冇|not|no) ?$")
_NOT_WORD = re.compile(r"[\W_]+")
_KEPT = 512
"""Texts: while one message is read, many readers want the same ones."""


@lru_cache(_KEPT)
def narrow(text: str) -> str:
    """Full-width characters to half-width (NFKC), traditional ones to simplified, lower case, trimmed."""
    return simplified(unicodedata.normalize("NFKC", text)).lower().strip()


@lru_cache(_KEPT)
def fold(text: str) -> str:
    """`narrow` without punctuation, and with spaces only between Latin words or numbers."""
    return _SPACE_BESIDE_CHINESE.sub("", _NOT_WORD.sub(" ", narrow(text)))


def words(listed: str) -> frozenset[str]:
    """A word list written with slashes between."""
    return frozenset(listed.split("/"))


def position(phrase: str, text: str) -> int:
    """Where `phrase` stands in `text` (both folded), or -1; a Latin phrase only as whole words."""
    if not phrase:
        return -1
    before = "(?<![a-z0-9])" if phrase[0].isascii() else ""
    after = "(?![a-z0-9])" if phrase[-1].isascii() else ""
    found = re.search(before + re.escape(phrase) + after, text)
    return found.start() if found else -1


def denied(phrase: str, text: str) -> bool:
    """Whether `text` says "not `phrase`" (both folded)."""
    at = position(phrase, text)
    return at >= 0 and bool(_DENIAL.search(text[:at]))
