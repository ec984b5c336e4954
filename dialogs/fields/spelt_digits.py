"""Digits that are told one by one: 幺三八, 壹柒陆, and those that a recogniser hears in their place."""

from __future__ import annotations

import re
from typing import Final

DIGITS: Final = "零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_FIGURES: Final = str.maketrans(DIGITS, "0012345678912123456789")
_BESIDE: Final = f"[0-9{DIGITS}妖腰要]"
_SOUNDS_LIKE_ONE: Final = re.compile(f"[妖腰要](?={_BESIDE})|(?<={_BESIDE})[妖腰要]")


def as_ones(text: str) -> str:
    """`text` with what sounds like 幺 among digits written so."""
    return _SOUNDS_LIKE_ONE.sub("幺", text)


def in_figures(text: str) -> str:
    """`text` with each such digit as a figure."""
    return text.translate(_FIGURES)
