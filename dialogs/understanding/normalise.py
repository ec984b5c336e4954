"""Brings what people write, and what a recogniser writes, to one spelling; the words as given are kept."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.fields.text import cleaned
from dialogs.fields.typed import fold, narrow

_LONGEST = 20_000
"""Characters; more than any messenger delivers in one message."""


@dataclass(frozen=True)
class Said:
    """One message."""

    given: str
    """As it was written: what is kept and filed."""
    plain: str
    """Simplified characters, half width, lower case, with its punctuation."""
    folded: str
    """The same without punctuation, and with spaces only between Latin words or numbers."""


def normalise(text: str) -> Said:
    """`text` as given, cleaned of what nobody sees, and in the spellings that readers compare."""
    given = cleaned(text[:_LONGEST])
    return Said(given, narrow(given), fold(given))
