"""Which characters of a text can be seen: one that only seems to be there tells nobody anything."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset("CZM")
"""Categories without ink of their own: control and format, spaces, and marks that only change what they follow."""
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159")
"""Letters and symbols that are drawn empty: Hangul fillers, the braille cell without dots, the stand-in for an object,
the blanks of hieroglyphs, the note head that is none.
"""


def visible(text: str) -> int:
    """How many characters of the text can be seen."""
    return sum(1 for one in text if unicodedata.category(one)[0] not in _UNSEEN and one not in BLANK)


def shown(text: str) -> str:
    """The text as it is, or nothing where nothing of it can be seen."""
    return text if visible(text) else ""


def seen(text: str) -> str:
    """The text as it is; raises ValueError where nothing of it can be seen."""
    if not visible(text):
        raise ValueError("text must hold a character that can be seen")
    return text
