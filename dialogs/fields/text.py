"""Reads free text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from typing_extensions import override

from backend.contract.visible import BLANK, shown
from dialogs.fields.outcome import Outcome, Parser, Understood, problem

_JOINER = "\u200d"
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Text(Parser):
    """Text of `min_chars` to `max_chars` characters as a person counts them, lines kept."""

    min_chars: int = 1
    max_chars: int = 2000
    pattern: str = ""
    """Regular expression the whole text must match; none if empty."""
    example: str = ""
    """A text that matches `pattern`, shown when one does not."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        clean = cleaned(text)
        if not any(character.isalnum() for character in clean):
            return problem("field.text.empty")
        count = characters(clean)
        if count < self.min_chars:
            return problem("field.text.too_short", min=self.min_chars, count=count)
        if count > self.max_chars:
            return problem("field.text.too_long", max=self.max_chars, over=count - self.max_chars)
        if self.pattern and not re.fullmatch(self.pattern, clean):
            if self.example:
                return problem("field.text.pattern_example", example=self.example)
            return problem("field.text.pattern")
        return Understood(clean, clean)


@lru_cache(256)
def cleaned(text: str) -> str:
    """Trimmed, composed (NFC), without control characters, the invisible ones that turn the reading direction and those
    drawn empty; nothing where what is left, such as an accent alone, cannot be seen.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    visible = "".join(character for character in lines if _kept(character))
    composed = unicodedata.normalize("NFC", visible)
    return shown(_BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in composed.split("\n"))).strip())


def characters(text: str) -> int:
    """Characters as a person counts them: accents, emoji modifiers and joined emoji belong to what they follow."""
    count = 0
    joined = flag = False
    for character in text:
        if character == _JOINER:
            joined = True
            continue
        if unicodedata.category(character).startswith("M") or "\U0001f3fb" <= character <= "\U0001f3ff":
            continue
        regional = "\U0001f1e6" <= character <= "\U0001f1ff"
        count += not joined and not (regional and flag)
        flag = regional and not flag
        joined = False
    return count


def _kept(character: str) -> bool:
    if character in BLANK:
        return False
    return character in {"\n", _JOINER} or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
