"""Speech before it is sound: what shall be said, in order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Pause:
    """Silence between two parts, instead of the one their punctuation asks for."""

    seconds: float


Part = str | Pause
"""Words that are said in one go, or silence."""

Speech = tuple[Part, ...]

_ENDS = {"。": "。", ".": "。", "!": "。", "…": "。", "?": "?"}
_QUOTES = re.compile('["“”„‘’«»《》〈〉「」『』【】*`]')
"""Seen and not heard. The apostrophe of English is the plain one, which stays."""
_CJK = "\u3400-\u9fff"
_SPACE_IN_CHINESE = re.compile(rf"(?<=[{_CJK},，。、；：!?])\s+|\s+(?=[{_CJK}])")
_EDGES = " \t\n,，、;；:：·—–-~"


def normalised(text: str) -> str:
    """The text as prompts are known by: two texts that sound the same are the same here.

    Width of signs, quotation marks, spaces, and punctuation at the ends do not count, but for the full stop and the
    question mark at the end, which the voice's melody follows.
    """
    plain = _QUOTES.sub("", unicodedata.normalize("NFKC", text.replace("’", "'")))
    plain = _SPACE_IN_CHINESE.sub("", " ".join(plain.split()))
    body = plain.strip(_EDGES + "".join(_ENDS))
    tail = plain.rstrip(_EDGES)[-1:]
    return body + _ENDS.get(tail, "") if body else ""


def gap(text: str) -> float:
    """Seconds of silence that the punctuation at the end of a part asks for."""
    last = unicodedata.normalize("NFKC", text).rstrip()[-1:]
    if last in _ENDS:
        return 0.35
    return 0.2 if last and last in ",、;:—" else 0.0
