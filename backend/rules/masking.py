"""Masking of personal data for those who may see a ticket but not the person behind it."""

from __future__ import annotations

import re

_HIDDEN = "****"

_DIGITS = str.maketrans("０１２３４５６７８９＋－", "0123456789+-")


def phone(number: str) -> str:
    """`138****1234`; of other numbers only the last four digits stay, of short ones nothing; an extension goes too."""
    direct = re.sub(r"^(\+\d+)-\d{1,5}$", r"\1", number.translate(_DIGITS))
    compact = re.sub(r"[^0-9+]", "", direct)
    mobile = re.fullmatch(r"(\+?86)?(1\d{2})\d{4}(\d{4})", compact)
    if mobile:
        return f"{mobile[1] or ''}{mobile[2]}{_HIDDEN}{mobile[3]}"
    return _HIDDEN + compact[-4:] if len(compact) >= 7 else _HIDDEN


def person(name: str) -> str:
    """`王**`, `Wang *`: the first character of a Chinese name, the first word of another."""
    name = name.strip()
    if not name:
        return ""
    if not name[0].isascii():
        return name[0] + "**"
    first, *rest = name.split()
    return f"{first} *" if rest else f"{first[0]}*"
