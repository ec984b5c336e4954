"""How Chinese characters are read: syllables with their tones, in the context of the words they stand in."""

from __future__ import annotations

from typing import Any


def syllables(text: str) -> list[str]:
    """Of each character, as `zhao2`, `le5`; '' for what is no Chinese character.

    The first call takes half a second, to load 50 MB of readings.
    """
    # Here, because only the phone needs them: chats have what was meant in writing.
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors=_none))


def _none(others: str) -> Any:
    """One for each, as the documentation has it; the library's types know a single string only."""
    return [""] * len(others)
